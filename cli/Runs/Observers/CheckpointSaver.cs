using System.Diagnostics;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Saves checkpoints, from which the run can be resumed.</summary>
internal sealed class CheckpointSaver(RunContext run) : RunObserver
{
    // Saving costs little against five seconds of training, and no more than that is ever lost.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch)
    {
        if (_sinceLast.Elapsed >= Interval)
        {
            TrySave();
        }
    }

    /// <inheritdoc/>
    public override void Stopped() => Save();

    /// <inheritdoc/>
    public override void Trained() => TrySave();

    /// <summary>A disk that is full now may have room later, so training goes on without.</summary>
    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (IOException exception)
        {
            run.Terminal.Warn(exception.Message);
        }

        _sinceLast.Restart();
    }

    private void Save() => Checkpoint.Save(
        run.Trainer, run.Model, run.Files.Checkpoint, RunRecord.Write(run.Plan, run.Backend.Device.Id));
}
