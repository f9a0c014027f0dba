using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Softmax cross-entropy as plain loops.</summary>
public static class SoftmaxCrossEntropyReference
{
    /// <summary>Loss, hit and gradient of every row.</summary>
    /// <param name="logits">Scores z, batch x classes.</param>
    /// <param name="labels">The right class of each row, below <paramref name="classes"/>.</param>
    /// <param name="dlogits">Gradient of the mean loss, batch x classes; overwritten. May be the same memory as the
    /// logits.</param>
    /// <param name="losses">The loss of each row; overwritten.</param>
    /// <param name="correct">1 where the first largest score stands at the label, else 0; overwritten.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="classes">Columns.</param>
    /// <param name="labelSmoothing">Share of the target that is spread over all classes, in [0, 1).</param>
    /// <param name="classWeights">What the loss of each class's rows is multiplied by; empty for 1.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<byte> labels, Span<T> dlogits, Span<T> losses, Span<T> correct,
        int batch, int classes, T labelSmoothing, ReadOnlySpan<T> classWeights = default)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < batch; i++)
        {
            var z = logits.Slice(i * classes, classes);
            var dz = dlogits.Slice(i * classes, classes);
            correct[i] = ArgMaxReference.OfRow(z) == labels[i] ? T.One : T.Zero;
            var weight = classWeights.IsEmpty ? T.One : classWeights[labels[i]];
            losses[i] = Row(z, dz, labels[i], labelSmoothing, weight, T.CreateChecked(batch));
        }
    }

    /// <summary>
    /// One row. Forward: p[j] = e^z[j] / sum of e^z and loss = -sum over j of t[j]·log p[j]. As the targets add up to 1,
    /// loss = log(sum of e^z) - sum over j of t[j]·z[j], so dloss/dz[j] = p[j] - t[j]; the mean over the batch divides by batch.
    /// The weight of the row's class multiplies both.
    /// Subtracting the row's maximum from z changes neither, and keeps e^z from overflowing.
    /// </summary>
    private static T Row<T>(ReadOnlySpan<T> z, Span<T> dz, int label, T labelSmoothing, T weight, T batch)
        where T : IFloatingPointIeee754<T>
    {
        var max = z[0];
        foreach (var value in z)
        {
            max = T.Max(max, value);
        }

        var sum = T.Zero;
        foreach (var value in z)
        {
            sum += T.Exp(value - max);
        }

        var spread = labelSmoothing / T.CreateChecked(z.Length);
        var logSum = T.Log(sum);
        var loss = T.Zero;
        for (var j = 0; j < z.Length; j++)
        {
            var shifted = z[j] - max;
            var target = j == label ? spread + (T.One - labelSmoothing) : spread;
            loss += target == T.Zero ? T.Zero : target * (logSum - shifted);
            dz[j] = weight * ((T.Exp(shifted) / sum) - target) / batch;
        }

        return weight * loss;
    }

    internal static void Run(CpuBackend backend, in SoftmaxCrossEntropyCall call) =>
        Compute<float>(call.Logits.AsSpan(), call.Labels.AsSpan(), call.DLogits.AsSpan(), call.Losses.AsSpan(),
            call.Correct.AsSpan(), call.Batch, call.Classes, call.LabelSmoothing,
            call.ClassWeights.IsEmpty ? default : call.ClassWeights.AsSpan());
}
