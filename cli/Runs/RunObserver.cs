using ScratchNet.Training;

namespace ScratchNet.Cli.Runs;

/// <summary>
/// Watches a run and does one thing about it: shows it, saves it, writes one kind of file. All are called on the training
/// thread, between two steps, in the order of <see cref="TrainingRun"/>'s list; none changes what the run computes.
/// </summary>
internal abstract class RunObserver : IDisposable
{
    /// <summary>The first step is about to be made, of the run or after a checkpoint.</summary>
    public virtual void Started()
    {
    }

    /// <summary>Some steps were made; comes about ten times a second.</summary>
    public virtual void Progressed(TrainingProgress progress)
    {
    }

    /// <summary>An epoch is done.</summary>
    public virtual void EpochEnded(EpochResult epoch)
    {
    }

    /// <summary>The run was interrupted and can be resumed.</summary>
    public virtual void Stopped()
    {
    }

    /// <summary>Every epoch is done and the model is saved, but not yet measured.</summary>
    public virtual void Trained()
    {
    }

    /// <summary>The model was measured; nothing comes after this.</summary>
    /// <param name="result">How it does on the test part.</param>
    public virtual void Finished(EvaluationResult result)
    {
    }

    /// <summary>Closes whatever is open.</summary>
    public virtual void Dispose()
    {
    }
}
