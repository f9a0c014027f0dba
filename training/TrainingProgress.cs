namespace ScratchNet.Training;

/// <summary>Where a run stands in the middle of an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Batch">Batches of this epoch that are done.</param>
/// <param name="Batches">Batches in an epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="Accuracy">Accuracy of this epoch so far, 0 to 1.</param>
/// <param name="ImagesPerSecond">Speed of training since the run began or was resumed.</param>
/// <param name="SecondsLeft">Estimate of the training time that is left.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Accuracy, double ImagesPerSecond, double SecondsLeft);

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainLoss">Mean loss over its steps, each before its own update.</param>
/// <param name="TrainAccuracy">Accuracy over its steps, 0 to 1.</param>
/// <param name="ValidationLoss">Mean loss over the validation samples after the epoch; null when there are none.</param>
/// <param name="ValidationAccuracy">Accuracy over the validation samples; null when there are none.</param>
/// <param name="Seconds">Time spent training, in seconds; validation is not counted.</param>
/// <param name="ImagesPerSecond">Samples a second of training.</param>
public sealed record EpochResult(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double Seconds,
    double ImagesPerSecond);

/// <summary>A run went back to the end of an epoch because a value was not finite, and went on with half the learning
/// rate.</summary>
/// <param name="Step">The step at which that was, from 1.</param>
/// <param name="Epoch">Epochs that were done where it went back to.</param>
public sealed record Rollback(long Step, int Epoch);

/// <summary>Training broke down: a loss or a weight was not a finite number.</summary>
/// <param name="step">The step at which that happened, from 1.</param>
/// <param name="goodEpochs">Epochs that ended well before.</param>
/// <param name="what">What was not finite.</param>
public sealed class NotFiniteException(long step, int goodEpochs, string what = "the loss at") : Exception(
    $"{what} step {step} is not a finite number; a lower learning rate usually helps")
{
    /// <summary>The step, from 1. What spoilt it may have been a step or two before: see
    /// <see cref="Diagnosis.NotFiniteSearch"/>.</summary>
    public long Step { get; } = step;

    /// <summary>Epochs that ended well before; the network has the weights of the last of them, if the trainer keeps
    /// them (<see cref="Trainer.KeepsGoodWeights"/>).</summary>
    public int GoodEpochs { get; } = goodEpochs;
}
