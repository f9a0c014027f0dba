using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Running totals: a batch is summed in double precision, eight lanes at a time in an order that is always the same, and its
/// sum then added to the totals by one step of the compensated sum. A batch is too small to be worth more than one thread.
/// </summary>
internal static class MetricsSimd
{
    public static void Run(CpuBackend backend, in MetricsCall call)
    {
        var totals = call.Totals.AsSpan();
        if (totals[3] != 0f)
        {
            return;
        }

        // What is not finite makes the sum so, be it a loss or the range of float32 that ends.
        var loss = Sum(call.Losses.AsSpan()[..call.Batch]);
        var rounded = (float)loss;
        var (sum, error) = MetricsReference.Add(totals[0], totals[1], rounded);
        error += (float)(loss - rounded);
        if (!float.IsFinite(sum) || !float.IsFinite(error))
        {
            totals[3] = call.Step;
            return;
        }

        (totals[0], totals[1]) = (sum, error);
        totals[2] += (float)Sum(call.Correct.AsSpan()[..call.Batch]);
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sums = Vector512<double>.Zero;
        var i = 0;
        ref var first = ref MemoryMarshal.GetReference(values);
        for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var (lower, upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            sums += lower + upper;
        }

        var sum = Vector512.Sum(sums);
        foreach (var value in values[i..])
        {
            sum += value;
        }

        return sum;
    }
}
