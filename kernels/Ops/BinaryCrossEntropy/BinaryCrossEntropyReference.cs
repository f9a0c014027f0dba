using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Binary cross-entropy as a plain loop.</summary>
public static class BinaryCrossEntropyReference
{
    /// <summary>
    /// Loss, hit and gradient of every row. Forward: s = 1/(1 + e^-z), loss = -t·log s - (1 - t)·log(1 - s).
    /// As log s = z - log(1 + e^z) and log(1 - s) = -log(1 + e^z), loss = log(1 + e^z) - t·z, so dloss/dz = s - t; the mean over
    /// the batch divides by batch. log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), where nothing overflows.
    /// </summary>
    /// <param name="logits">The value z before the sigmoid, one a row.</param>
    /// <param name="labels">The target t, 0 or 1, of each row.</param>
    /// <param name="dlogits">Gradient of the mean loss; overwritten. May be the same memory as the logits.</param>
    /// <param name="losses">The loss of each row; overwritten.</param>
    /// <param name="correct">1 where (z &gt; 0) == (t == 1), else 0; overwritten.</param>
    /// <param name="batch">Rows.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<byte> labels, Span<T> dlogits, Span<T> losses, Span<T> correct, int batch)
        where T : IFloatingPointIeee754<T>
    {
        var count = T.CreateChecked(batch);
        for (var i = 0; i < batch; i++)
        {
            var z = logits[i];
            var t = T.CreateChecked(labels[i]);
            losses[i] = T.Max(z, T.Zero) - (z * t) + LogOfOnePlus(T.Exp(-T.Abs(z)));
            correct[i] = (z > T.Zero) == (labels[i] == 1) ? T.One : T.Zero;
            dlogits[i] = (ActivationReference.Sigmoid(z) - t) / count;
        }
    }

    /// <summary>
    /// log(1 + e). The sum u = 1 + e is rounded, and so is u - 1; dividing one by the other cancels that (Goldberg, "What every
    /// computer scientist should know about floating-point arithmetic", 1991, theorem 4).
    /// </summary>
    private static T LogOfOnePlus<T>(T e)
        where T : IFloatingPointIeee754<T>
    {
        var u = T.One + e;
        return u == T.One ? e : T.Log(u) * e / (u - T.One);
    }

    internal static void Run(CpuBackend backend, in BinaryCrossEntropyCall call) =>
        Compute<float>(call.Logits.AsSpan(), call.Labels.AsSpan(), call.DLogits.AsSpan(), call.Losses.AsSpan(),
            call.Correct.AsSpan(), call.Batch);
}
