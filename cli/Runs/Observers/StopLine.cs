namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Tells a person who stopped a run how to go on with it.</summary>
internal sealed class StopLine(RunContext run) : RunObserver
{
    /// <inheritdoc/>
    public override void Stopped() => run.Terminal.Error.WriteLine(
        $"stopped in epoch {run.Trainer.Epoch + 1} of {run.Plan.Options.Epochs} after batch {run.Trainer.Batch} of "
        + $"{run.Trainer.Batches}; continue with: scratchnet train --resume {run.Files.ResumePath}");
}
