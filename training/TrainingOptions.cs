using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Training;

/// <summary>How to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Times to go through the training samples, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples in a step, at least 1; the last step of an epoch may have fewer.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Decides order and distortions.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How the learning rate goes over the run; the optimizer's own rate is the full one.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>How far training images are distorted; null leaves them as they are.</summary>
    public Distortion? Distortion { get; init; }

    /// <summary>Throws unless every option is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        Schedule.Validate();
    }

    /// <summary>
    /// The options that decide what a run computes, as JSON for checkpoints: a run may be resumed only under the same ones.
    /// The number of epochs is not among them: a run can be made longer.
    /// </summary>
    internal JsonObject Describe() => new()
    {
        ["batch_size"] = BatchSize,
        ["seed"] = Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["schedule"] = Schedule.Text,
        ["warm_up"] = Schedule.WarmUpEpochs,
        ["distortion"] = Distortion?.ToString(),
    };
}
