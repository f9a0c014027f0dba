using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;

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

    /// <summary>The layers were measured, which happens for some of the epochs.</summary>
    /// <param name="epoch">Epochs that are done; 0 before the first step.</param>
    /// <param name="layers">One entry a layer.</param>
    public virtual void LayersMeasured(int epoch, IReadOnlyList<LayerStatistics> layers)
    {
    }

    /// <summary>The run was interrupted and can be resumed.</summary>
    public virtual void Stopped()
    {
    }

    /// <summary>Training broke down: a value was not finite.</summary>
    /// <param name="message">What happened, in a line for a person.</param>
    public virtual void Failed(string message)
    {
    }

    /// <summary>Every epoch is done and the model is saved, but not yet measured.</summary>
    public virtual void Trained()
    {
    }

    /// <summary>The worst mistakes, just before <see cref="Finished"/>; only of runs that have a folder.</summary>
    /// <param name="mistakes">The worst first.</param>
    public virtual void MistakesFound(IReadOnlyList<Mistake> mistakes)
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
