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

        // Infinities of both signs add up to NaN, and float32's range cannot overflow a double: the sum tells all.
        var loss = Sum(call.Losses.AsSpan()[..call.Batch]);
        if (!double.IsFinite(loss))
        {
            totals[3] = call.Step;
            return;
        }

        var rounded = (float)loss;
        (totals[0], totals[1]) = MetricsReference.Add(totals[0], totals[1], rounded);
        totals[1] += (float)(loss - rounded);
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
