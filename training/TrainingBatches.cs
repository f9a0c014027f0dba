using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>
/// What the steps of a run learn from: the next samples in the order of the epoch or, of
/// <see cref="TrainingOptions.Candidates"/> times as many, those with the largest losses.
/// </summary>
internal sealed class TrainingBatches : IDisposable
{
    private readonly Network _network;
    private readonly TrainingOptions _options;
    private readonly DeviceDataset _samples;
    private readonly int[] _order;

    /// <summary>Uploads the samples.</summary>
    public TrainingBatches(Network network, Dataset samples, InputFormat format, TrainingOptions options)
    {
        (_network, _options) = (network, options);
        _samples = new DeviceDataset(
            network.Backend, samples, format, Drawn(samples.Count, options.BatchSize, options.Candidates));
        _order = new int[samples.Count];
    }

    /// <summary>Steps in an epoch.</summary>
    public int Count => _samples.Batches;

    /// <summary>The most samples that a step draws.</summary>
    public int LargestDraw => _samples.BatchSize;

    /// <summary>The most samples that a step learns from.</summary>
    public int LargestBatch => Learnt(LargestDraw);

    /// <summary>Whether a step draws more than it learns from.</summary>
    public bool HasCandidates => _options.Candidates > 1;

    /// <summary>Samples that a step draws.</summary>
    public int DrawnBy(int batch) => _samples.SizeOf(batch);

    /// <summary>Puts the samples into the order of an epoch.</summary>
    public void Begin(int epoch)
    {
        Shuffle.Fill(_order, _options.Seed, epoch);
        _samples.SetOrder(_order);
    }

    /// <summary>Gathers what a step learns from.</summary>
    /// <param name="epoch">The epoch that was begun.</param>
    /// <param name="batch">Which of its steps.</param>
    /// <param name="step">The same, counted over the run from 1.</param>
    /// <param name="metrics">Receives loss and hits of candidates, as the network without dropout takes them.</param>
    /// <param name="clock">Measures the phases, when given.</param>
    /// <returns>Inputs and labels, valid until the next call.</returns>
    public (Tensor X, BufferView<byte> Labels) Draw(
        int epoch, int batch, long step, RunningMetrics? metrics = null, StepClock? clock = null)
    {
        var drawn = _samples.Gather(batch, _options.Distortion, _options.Seed, epoch);
        clock?.Mark(StepPhase.Data);
        if (!HasCandidates)
        {
            return drawn;
        }

        _network.EvaluateStep(drawn.X, drawn.Labels, metrics, step);
        clock?.Mark(StepPhase.Forward);
        var hardest = _samples.GatherHardest(
            _network.Loss.Losses, Learnt(drawn.X.Rows), _options.Distortion, _options.Seed, epoch);
        clock?.Mark(StepPhase.Data);
        return hardest;
    }

    /// <summary>Gives the samples' memory back.</summary>
    public void Dispose() => _samples.Dispose();

    /// <summary>Steps in an epoch.</summary>
    /// <param name="samples">Samples to learn from.</param>
    /// <param name="batchSize">Samples that a step learns from.</param>
    /// <param name="candidates">Samples drawn for each of those.</param>
    public static int CountOf(int samples, int batchSize, int candidates) =>
        ((samples - 1) / Drawn(samples, batchSize, candidates)) + 1;

    private static int Drawn(int samples, int batchSize, int candidates) => (int)Math.Min((long)batchSize * candidates, samples);

    /// <summary>How many of some drawn samples a step learns from.</summary>
    private int Learnt(int drawn) => (drawn + _options.Candidates - 1) / _options.Candidates;
}
