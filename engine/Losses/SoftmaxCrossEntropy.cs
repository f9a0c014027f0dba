using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// The loss of a classifier: the negative logarithm of the probability, by softmax, of the right class. The last layer gives
/// the scores and has no activation of its own.
/// </summary>
public sealed class SoftmaxCrossEntropy : Loss
{
    private DeviceBuffer<float>? _classWeights;

    /// <summary>Makes the loss.</summary>
    /// <param name="labelSmoothing">Share of the target spread evenly over all classes, in [0, 1).</param>
    /// <param name="classWeights">
    /// What the loss of each class's samples is multiplied by, one weight a class, at least 0; left out, nothing. The mean still
    /// divides by the batch, so weights that average 1 over the data leave the loss's size alone.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public SoftmaxCrossEntropy(float labelSmoothing = 0f, IReadOnlyList<float>? classWeights = null)
    {
        if (labelSmoothing is not (>= 0f and < 1f))
        {
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing,
                "Label smoothing must be at least 0 and below 1.");
        }

        foreach (var weight in classWeights ?? [])
        {
            if (!(weight >= 0f) || !float.IsFinite(weight))
            {
                throw new ArgumentOutOfRangeException(nameof(classWeights), weight, "Class weights must be at least 0.");
            }
        }

        LabelSmoothing = labelSmoothing;
        ClassWeights = classWeights is null ? [] : [.. classWeights];
    }

    /// <inheritdoc/>
    public override string Kind => "softmax-cross-entropy";

    /// <summary>Share of the target spread evenly over all classes.</summary>
    public float LabelSmoothing { get; }

    /// <summary>What the loss of each class's samples is multiplied by; empty for nothing.</summary>
    public IReadOnlyList<float> ClassWeights { get; }

    /// <inheritdoc/>
    public override int Classes(int outputs) => outputs;

    /// <inheritdoc/>
    public override void ToProbabilities(ReadOnlySpan<float> logits, Span<float> probabilities, int batch)
    {
        var classes = logits.Length / batch;
        for (var i = 0; i < batch; i++)
        {
            var row = logits.Slice(i * classes, classes);
            var largest = double.NegativeInfinity;
            foreach (var logit in row)
            {
                largest = Math.Max(largest, logit);
            }

            var sum = 0.0;
            foreach (var logit in row)
            {
                sum += Math.Exp(logit - largest);
            }

            for (var j = 0; j < classes; j++)
            {
                probabilities[(i * classes) + j] = (float)(Math.Exp(row[j] - largest) / sum);
            }
        }
    }

    /// <inheritdoc/>
    public override double ComputeReference(double[] logits, byte[] labels)
    {
        var batch = labels.Length;
        var losses = new double[batch];
        SoftmaxCrossEntropyReference.Compute<double>(logits, labels, new double[logits.Length], losses, new double[batch],
            batch, logits.Length / batch, LabelSmoothing, [.. ClassWeights.Select(weight => (double)weight)]);
        return losses.Average();
    }

    /// <inheritdoc/>
    internal override void Accept(Layer last)
    {
        if (last.Outputs is < 2 or > 256)
        {
            throw new ShapeException($"layer {last.Index} ({last.Description}) has {last.Outputs} outputs, but softmax "
                + "cross-entropy needs one a class: 2 to 256. For a yes-or-no network use BinaryCrossEntropy.");
        }

        if (ClassWeights.Count > 0 && ClassWeights.Count != last.Outputs)
        {
            throw new ShapeException($"layer {last.Index} ({last.Description}) has {last.Outputs} outputs, but the loss has "
                + $"{ClassWeights.Count} class weights: give one a class.");
        }

        if (last is Dense { Activation: not Activation.None } or ActivationLayer)
        {
            throw new ShapeException($"layer {last.Index} ({last.Description}) ends the network with an activation, but softmax "
                + "cross-entropy applies softmax to plain scores itself: leave the last activation out.");
        }
    }

    /// <inheritdoc/>
    protected internal override void Describe(JsonObject json)
    {
        json["label_smoothing"] = LabelSmoothing;
        if (ClassWeights.Count > 0)
        {
            json["class_weights"] = new JsonArray([.. ClassWeights.Select(weight => (JsonNode)weight)]);
        }
    }

    /// <inheritdoc/>
    protected override void PlanMore(Backend backend)
    {
        if (ClassWeights.Count > 0)
        {
            _classWeights = backend.Allocate<float>(ClassWeights.Count);
            _classWeights.CopyFrom([.. ClassWeights]);
        }
    }

    /// <inheritdoc/>
    protected override void ReleaseMore() => _classWeights?.Dispose();

    /// <inheritdoc/>
    /// <remarks>
    /// Forward and backward in one operation. Forward is p[j] = e^z[j] / S with S = sum over k of e^z[k], and
    /// loss = -sum over j of t[j]·log p[j]. The targets t add up to 1, so loss = log S - sum over j of t[j]·z[j]. In z[j] the
    /// first part has slope e^z[j] / S = p[j], the second t[j]: dz[j] = p[j] - t[j]. The mean over the batch divides by the
    /// batch, and the weight of the row's class multiplies.
    /// </remarks>
    protected override void Compute(Backend backend, Tensor logits, BufferView<byte> labels, Tensor dLogits) =>
        SoftmaxCrossEntropySpec.Operation.Run(backend, new SoftmaxCrossEntropyCall(
            logits.View, labels, dLogits.View, Losses, Correct, logits.Rows, logits.Columns, LabelSmoothing,
            _classWeights?.View ?? default));
}
