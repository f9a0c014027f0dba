using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training;

/// <summary>How a network does on a data set.</summary>
/// <param name="Loss">Mean loss.</param>
/// <param name="Accuracy">Share of right answers, 0 to 1.</param>
/// <param name="Confusion">Which class was taken for which.</param>
public sealed record EvaluationResult(double Loss, double Accuracy, ConfusionMatrix Confusion)
{
    /// <summary>The class that each sample was taken for, in the data set's order.</summary>
    public ReadOnlyMemory<byte> Predictions { get; init; }
}

/// <summary>Fit, evaluate and predict: what Keras users expect of a network, over data sets of pictures.</summary>
public static class NetworkTraining
{
    /// <summary>Samples in a step of an evaluation: enough to keep every device busy.</summary>
    internal const int EvaluationBatch = 512;

    /// <summary>Trains a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="train">What to learn from.</param>
    /// <param name="optimizer">Changes its parameters; left out, <see cref="Adam"/> with its usual settings.</param>
    /// <param name="epochs">Times to go through the samples.</param>
    /// <param name="batchSize">Samples in a step.</param>
    /// <param name="validation">What to measure on after each epoch; may be left out.</param>
    /// <param name="options">Everything else; <paramref name="epochs"/> and <paramref name="batchSize"/> take precedence.</param>
    /// <param name="cancellation">Stops training between two steps.</param>
    /// <returns>What every epoch came to. The network has the weights that the options ask for: averaged, of the best
    /// epoch.</returns>
    /// <exception cref="ShapeException">The network does not fit the data.</exception>
    /// <exception cref="NotFiniteException">A loss was not finite; the network has the weights of the last good
    /// epoch.</exception>
    public static IReadOnlyList<EpochResult> Fit(
        this Network network,
        Dataset train,
        Optimizer? optimizer = null,
        int epochs = 10,
        int batchSize = 64,
        Dataset? validation = null,
        TrainingOptions? options = null,
        CancellationToken cancellation = default)
    {
        using var ownOptimizer = optimizer is null ? new Adam() : null;
        options = (options ?? new TrainingOptions { Seed = network.Seed }) with { Epochs = epochs, BatchSize = batchSize };
        var weights = network.CopyWeights();
        using var trainer = new Trainer(network, optimizer ?? ownOptimizer!, train, validation, options);
        trainer.Run(cancellation);
        trainer.UseModelWeights(() => network.CopyWeights(weights));
        network.SetWeights(weights);
        return trainer.History;
    }

    /// <summary>Measures a network on a data set.</summary>
    /// <param name="network">The network.</param>
    /// <param name="dataset">What to measure on.</param>
    /// <param name="format">How pictures become inputs; left out, pixels from 0 to 1.</param>
    /// <exception cref="ShapeException">The network does not fit the data.</exception>
    public static EvaluationResult Evaluate(this Network network, Dataset dataset, InputFormat? format = null)
    {
        CheckFit(network, dataset);
        using var data = new DeviceDataset(network.Backend, dataset, format ?? InputFormat.For(dataset), EvaluationBatch);
        using var metrics = new RunningMetrics(network.Backend);
        using var predictions = network.Backend.Allocate<byte>(dataset.Count);
        var values = Measure(network, data, metrics, predictions);
        var (confusion, predicted) = Confusion(network, dataset, predictions);
        return new EvaluationResult(values.Loss, confusion.Accuracy, confusion) { Predictions = predicted };
    }

    /// <summary>The most likely class of a picture.</summary>
    /// <param name="network">The network.</param>
    /// <param name="pixels">The picture's bytes, row by row.</param>
    /// <returns>The class.</returns>
    /// <exception cref="ShapeException">The picture has another size.</exception>
    public static int PredictClass(this Network network, ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != network.Inputs)
        {
            throw new ShapeException($"The network takes pictures of {network.Inputs} pixels, but {pixels.Length} were given.");
        }

        var probabilities = network.Predict(new InputFormat(1, pixels.Length).Convert(pixels));
        return probabilities.Length == 1
            ? (probabilities[0] > 0.5f ? 1 : 0)
            : probabilities.AsSpan().IndexOf(probabilities.Max());
    }

    /// <summary>Counts what <see cref="Measure"/> found each sample to be (a download of a byte each).</summary>
    internal static (ConfusionMatrix Confusion, byte[] Predicted) Confusion(
        Network network, Dataset dataset, DeviceBuffer<byte> predictions)
    {
        var predicted = new byte[dataset.Count];
        predictions.CopyTo(predicted);
        var confusion = new ConfusionMatrix(Math.Max(network.Classes, dataset.Classes));
        confusion.Add(dataset.Labels.Span, predicted);
        return (confusion, predicted);
    }

    /// <summary>Throws unless a network has one input a pixel and knows every class of the data.</summary>
    internal static void CheckFit(Network network, Dataset dataset)
    {
        if (network.Inputs != dataset.Features)
        {
            throw new ShapeException($"layer 0 ({network.Layers[0].Description}) takes {network.Inputs} inputs, but the pictures "
                + $"of {dataset.Name} have {dataset.Height}x{dataset.Width} = {dataset.Features} pixels.");
        }

        if (network.Classes < dataset.Classes)
        {
            throw new ShapeException($"layer {network.Layers.Count - 1} ({network.Layers[^1].Description}) tells "
                + $"{network.Classes} classes apart, but {dataset.Name} has {dataset.Classes}.");
        }
    }

    internal static MetricValues Measure(
        Network network, DeviceDataset data, RunningMetrics metrics, DeviceBuffer<byte>? predictions = null)
    {
        metrics.Reset();
        for (var batch = 0; batch < data.Batches; batch++)
        {
            var (x, labels) = data.Gather(batch);
            var scores = network.EvaluateStep(x, labels, metrics);
            if (predictions is not null)
            {
                ArgMaxSpec.Operation.Run(network.Backend, new ArgMaxCall(
                    scores.View, predictions.View.Slice(batch * data.BatchSize, x.Rows), x.Rows, scores.Columns));
            }
        }

        return metrics.Read();
    }
}
