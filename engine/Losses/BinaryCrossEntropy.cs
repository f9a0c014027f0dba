using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// The loss of a yes-or-no network: one output, whose sigmoid is the probability of label 1. The last layer may say
/// <see cref="Activation.Sigmoid"/> or nothing; either way the loss computes the sigmoid, from the value before it.
/// </summary>
public sealed class BinaryCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Kind => "binary-cross-entropy";

    /// <inheritdoc/>
    public override int Classes(int outputs) => 2;

    /// <inheritdoc/>
    public override void ToProbabilities(ReadOnlySpan<float> logits, Span<float> probabilities, int batch)
    {
        for (var i = 0; i < batch; i++)
        {
            probabilities[i] = (float)(1 / (1 + Math.Exp(-(double)logits[i])));
        }
    }

    /// <inheritdoc/>
    public override double ComputeReference(double[] logits, byte[] labels)
    {
        var batch = labels.Length;
        var losses = new double[batch];
        BinaryCrossEntropyReference.Compute<double>(logits, labels, new double[batch], losses, new double[batch], batch);
        return losses.Average();
    }

    /// <inheritdoc/>
    internal override void Accept(Layer last)
    {
        if (last.Outputs != 1)
        {
            throw new ShapeException($"layer {last.Index} ({last.Description}) has {last.Outputs} outputs, but binary "
                + "cross-entropy needs exactly 1. For several classes use SoftmaxCrossEntropy.");
        }

        if (last is Dense dense)
        {
            if (dense.Activation is not (Activation.None or Activation.Sigmoid))
            {
                throw new ShapeException($"layer {last.Index} ({last.Description}) ends the network with an activation that "
                    + "binary cross-entropy cannot follow: use sigmoid, or none.");
            }

            dense.LossAppliesActivation = true;
        }
        else if (last is ActivationLayer)
        {
            throw new ShapeException($"layer {last.Index} ({last.Description}) is an activation of its own, but binary "
                + "cross-entropy computes the sigmoid itself: give it to the dense layer before, or leave it out.");
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Forward and backward in one operation. Forward is s = 1/(1 + e^-z) and
    /// loss = -t·log s - (1 - t)·log(1 - s) = log(1 + e^z) - t·z. In z the first part has slope e^z/(1 + e^z) = s, the second t:
    /// dz = s - t. The mean over the batch divides by the batch.
    /// </remarks>
    protected override void Compute(Backend backend, Tensor logits, BufferView<byte> labels, Tensor dLogits) =>
        BinaryCrossEntropySpec.Operation.Run(backend, new BinaryCrossEntropyCall(
            logits.View, labels, dLogits.View, Losses, Correct, logits.Rows));
}
