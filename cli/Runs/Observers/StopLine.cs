using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Tells a person who stopped a run how to go on with it, and whom early stopping surprised what the model is.</summary>
internal sealed class StopLine(RunContext run) : RunObserver
{
    /// <inheritdoc/>
    public override void Stopped() => run.Terminal.Error.WriteLine(
        $"stopped in epoch {run.Trainer.Epoch + 1} of {run.Plan.Options.Epochs} after batch {run.Trainer.Batch} of "
        + $"{run.Trainer.Batches}; continue with: scratchnet train --resume {run.Files.ResumePath}");

    /// <inheritdoc/>
    public override void Trained()
    {
        if (run.Plan.Options.EarlyStopping is { } stopping && !run.Request.IsQuiet)
        {
            var measure = stopping.Measure == StoppingMeasure.Loss ? "loss" : "accuracy";
            run.Terminal.Error.WriteLine($"ended after epoch {run.Trainer.Epoch} of {run.Plan.Options.Epochs}: validation "
                + $"{measure} was best after epoch {run.Trainer.ModelEpoch}, whose weights the model has");
        }
    }
}
