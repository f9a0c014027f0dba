using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Binary cross-entropy of sixteen rows at a time. A batch is too small to be worth more than one thread.</summary>
internal static class BinaryCrossEntropySimd
{
    public static void Run(CpuBackend backend, in BinaryCrossEntropyCall call)
    {
        var logits = call.Logits.AsSpan()[..call.Batch];
        var labels = call.Labels.AsSpan()[..call.Batch];
        var dlogits = call.DLogits.AsSpan()[..call.Batch];
        var losses = call.Losses.AsSpan()[..call.Batch];
        var correct = call.Correct.AsSpan()[..call.Batch];
        var width = Vector512<float>.Count;
        Span<float> z = stackalloc float[width];
        Span<float> t = stackalloc float[width];
        z.Clear();
        for (var i = 0; i < call.Batch; i += width)
        {
            var rows = Math.Min(width, call.Batch - i);
            logits.Slice(i, rows).CopyTo(z);
            for (var lane = 0; lane < rows; lane++)
            {
                t[lane] = labels[i + lane];
            }

            var (loss, gradient, hit) = Compute(Vector512.Create<float>(z), Vector512.Create<float>(t), call.Batch);
            RowBlock.StoreLanes(loss, losses.Slice(i, rows));
            RowBlock.StoreLanes(gradient, dlogits.Slice(i, rows));
            RowBlock.StoreLanes(hit, correct.Slice(i, rows));
        }
    }

    /// <summary>Names and derivation as in the reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static (Vector512<float> Loss, Vector512<float> Gradient, Vector512<float> Correct) Compute(
        Vector512<float> z, Vector512<float> t, int batch)
    {
        var loss = VectorMath.Relu(z) - (z * t) + VectorMath.LogP1OfUnit(VectorMath.ExpOfNegative(-Vector512.Abs(z)));
        var gradient = (VectorMath.Sigmoid(z) - t) / Vector512.Create((float)batch);
        var predicted = Vector512.GreaterThan(z, Vector512<float>.Zero);
        var label = Vector512.Equals(t, Vector512<float>.One);
        return (loss, gradient, Vector512.AndNot(Vector512<float>.One, predicted ^ label));
    }
}
