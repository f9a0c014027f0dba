using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>
/// Measures the layers before the first step, after the first and the last epoch, and about twenty times between: enough for a
/// curve, and too seldom to cost anything.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="tell">Receives what was measured, with the number of epochs that were done.</param>
internal sealed class LayerWatch(RunContext run, Action<int, IReadOnlyList<LayerStatistics>> tell) : RunObserver
{
    private const int Times = 20;

    // Enough to see whether a unit is ever on. Larger batches lend the memory that they have; smaller ones are not made to have
    // more.
    private const int LeastSamples = 128;
    private const int MostSamples = 256;

    private readonly LayerProbe _probe = new(run.Model.Network, run.Train, run.Model.Format,
        Math.Clamp(run.Plan.Options.BatchSize, LeastSamples, MostSamples));

    /// <inheritdoc/>
    public override void Started()
    {
        if (!run.IsResumed)
        {
            tell(0, _probe.Measure());
        }
    }

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch)
    {
        var epochs = run.Plan.Options.Epochs;
        if (epoch.Epoch == 1 || IsDue(epoch.Epoch, epochs))
        {
            tell(epoch.Epoch, _probe.Measure());
        }
    }

    /// <inheritdoc/>
    public override void Trained() => _probe.Dispose();

    /// <inheritdoc/>
    public override void Dispose() => _probe.Dispose();

    /// <summary>Whether an epoch is the one at which another twentieth of the run is done.</summary>
    private static bool IsDue(int epoch, int epochs) =>
        (long)epoch * Times / epochs != (epoch - 1L) * Times / epochs;
}
