using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>A run with all that belongs to it, as those see it who watch it.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Plan">What that comes to.</param>
/// <param name="Terminal">Where to tell.</param>
/// <param name="Files">Where its files are.</param>
/// <param name="Backend">Where it computes.</param>
/// <param name="Model">The model that it trains.</param>
/// <param name="Optimizer">What changes the model's weights.</param>
/// <param name="Trainer">The training, step by step.</param>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What is measured on after each epoch; null when nothing was held out.</param>
/// <param name="Test">What the finished model is measured on, once.</param>
internal sealed record RunContext(
    TrainRequest Request,
    TrainingPlan Plan,
    Terminal Terminal,
    RunFiles Files,
    Backend Backend,
    TrainedModel Model,
    Optimizer Optimizer,
    Trainer Trainer,
    Dataset Train,
    Dataset? Validation,
    Dataset Test) : IDisposable
{
    /// <summary>The training part before the validation part was held out of it.</summary>
    public required Dataset WholeTrain { get; init; }

    /// <summary>What the run goes on from; null for a new run.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Whether the run goes on from a checkpoint.</summary>
    public bool IsResumed => Checkpoint is not null;

    /// <summary>Time spent training in all sessions of the run.</summary>
    public double Seconds => Trainer.History.Sum(epoch => epoch.Seconds);

    /// <summary>Gives memory and device back.</summary>
    public void Dispose()
    {
        Trainer.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
        Backend.Dispose();
    }
}
