using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>Mean loss and accuracy over some samples.</summary>
/// <param name="Loss">Mean loss; not a number when no sample was seen, or when it was not finite at some step.</param>
/// <param name="Accuracy">Share of right answers, 0 to 1; not a number likewise.</param>
/// <param name="Samples">How many samples.</param>
/// <param name="FirstBadStep">The first training step with which the loss was not finite; 0 when there was none.</param>
public readonly record struct MetricValues(double Loss, double Accuracy, long Samples, long FirstBadStep);

/// <summary>Loss and accuracy, added up on the device over many batches, and copied to the host only when read.</summary>
public sealed class RunningMetrics : IDisposable
{
    private readonly Backend _backend;
    private readonly DeviceBuffer<float> _totals;
    private readonly float[] _host = new float[MetricsSpec.TotalsLength];

    /// <summary>Allocates totals on a backend.</summary>
    /// <param name="backend">Where the losses live.</param>
    public RunningMetrics(Backend backend)
    {
        _backend = backend;
        _totals = backend.Allocate<float>(MetricsSpec.TotalsLength);
    }

    /// <summary>Samples added since the last reset.</summary>
    public long Samples { get; private set; }

    /// <summary>The raw totals, for checkpoints.</summary>
    public DeviceBuffer<float> Totals => _totals;

    /// <summary>Starts again from nothing.</summary>
    public void Reset()
    {
        _totals.Clear();
        Samples = 0;
    }

    /// <summary>Goes on from totals that were saved.</summary>
    /// <param name="totals">The raw totals.</param>
    /// <param name="samples">How many samples they cover.</param>
    public void Restore(ReadOnlySpan<float> totals, long samples)
    {
        _totals.CopyFrom(totals);
        Samples = samples;
    }

    /// <summary>Adds the last batch of a loss; nothing is copied to the host.</summary>
    /// <param name="loss">The loss that has just been computed.</param>
    /// <param name="batch">Rows of that batch.</param>
    /// <param name="step">Which step it belongs to, from 1.</param>
    public void Add(Loss loss, int batch, long step)
    {
        // A step is noted as a float32 only when it went wrong; beyond 2^24 its number is rounded, not lost.
        MetricsSpec.Operation.Run(_backend, new MetricsCall(
            loss.Losses, loss.Correct, _totals.View, batch, (int)Math.Min(step, int.MaxValue)));
        Samples += batch;
    }

    /// <summary>Copies the totals to the host; waits for the device.</summary>
    public MetricValues Read()
    {
        _totals.CopyTo(_host);
        var firstBadStep = (long)_host[3];

        // From that step on nothing is added, so what there is is the sum of some samples only.
        return firstBadStep != 0
            ? new MetricValues(double.NaN, double.NaN, Samples, firstBadStep)
            : new MetricValues(((double)_host[0] + _host[1]) / Samples, _host[2] / (double)Samples, Samples, 0);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _totals.Dispose();
}
