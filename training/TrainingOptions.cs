using System.Globalization;
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

    /// <summary>
    /// Samples to draw for each that is learnt from, at least 1. Of so many times <see cref="BatchSize"/>, a step learns from those
    /// with the largest losses: late in a run most have next to none, and going forward through them costs a third of learning
    /// from them (Kawaguchi, Lu, "Ordered SGD", AISTATS 2020). An epoch goes once through all samples, so it has so many times fewer
    /// steps. 1 learns from all.
    /// </summary>
    public int Candidates { get; init; } = 1;

    /// <summary>Decides order and distortions.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How the learning rate goes over the run; the optimizer's own rate is the full one.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>How far training images are distorted; null leaves them as they are.</summary>
    public Distortion? Distortion { get; init; }

    /// <summary>
    /// Share of the moving average of the weights that a step keeps, below 1: validation, test and model then use the averaged
    /// weights (see <see cref="ScratchNet.Engine.WeightAverage"/>). 0 keeps no average.
    /// </summary>
    public float AverageDecay { get; init; }

    /// <summary>When to stop before the last epoch; null never does. Needs validation samples.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Whether something in these options looks at the validation samples.</summary>
    public bool NeedsValidation => EarlyStopping is not null || Schedule.NeedsValidation;

    /// <summary>Throws unless every option is in its range.</summary>
    /// <exception cref="ArgumentException">One is not; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(AverageDecay);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(AverageDecay, 1f);
        ArgumentOutOfRangeException.ThrowIfLessThan(EarlyStopping?.Patience ?? 1, 1);
        Distortion?.Validate();
        Schedule.Validate();
    }

    /// <summary>
    /// The options that decide what a run computes, as JSON for checkpoints: a run may be resumed only under the same ones.
    /// The number of epochs is not among them: a run can be made longer.
    /// </summary>
    internal JsonObject Describe()
    {
        var json = new JsonObject
        {
            ["batch_size"] = BatchSize,
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
            ["schedule"] = Schedule.Text,
            ["distortion"] = Distortion is { } distortion ? Text(distortion) : null,
        };
        if (Schedule.WarmUpEpochs > 0)
        {
            json["warm_up"] = Schedule.WarmUpEpochs;
        }

        if (Candidates > 1)
        {
            json["candidates"] = Candidates;
        }

        if (AverageDecay > 0)
        {
            json["average_decay"] = AverageDecay;
        }

        if (EarlyStopping is not null)
        {
            json["early_stopping"] = EarlyStopping.Text;
        }

        return json;
    }

    // The words of the first checkpoints, whatever the properties are called and however numbers are written here.
    private static string Text(Distortion distortion) => string.Create(CultureInfo.InvariantCulture,
        $"Distortion {{ RotationDegrees = {distortion.RotationDegrees}, Scale = {distortion.Scale}, "
        + $"ShiftPixels = {distortion.ShiftPixels}, Shear = {distortion.Shear}, ElasticAlpha = {distortion.ElasticAlpha}, "
        + $"ElasticSigma = {distortion.ElasticSigma}, IsElastic = {distortion.IsElastic} }}");
}
