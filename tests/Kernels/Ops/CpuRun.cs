using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

/// <summary>Runs CPU variants on arrays: views of them are made, and copied back afterwards.</summary>
internal sealed class CpuRun(int threads = 1) : IDisposable
{
    /// <summary>Sizes about the width of a vector, and one that is cut into several chunks.</summary>
    public static readonly int[] Counts = [1, 7, 15, 16, 17, 31, 32, 33, 100, 50_021];

    private readonly CpuBackend _backend = new(threads);
    private readonly List<Action> _copyBack = [];

    /// <summary>A view that holds an array's values and gives them back after the run.</summary>
    public BufferView<T> View<T>(T[] values)
        where T : unmanaged
    {
        var buffer = _backend.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        _copyBack.Add(() => buffer.CopyTo(values));
        return buffer.View;
    }

    /// <summary>Runs the variant of that name, then fills the arrays with what their views hold.</summary>
    public void Run<TCall>(Operation<TCall> operation, string variant, TCall call)
        where TCall : struct, IOperationCall
    {
        operation.TypedVariants
            .Single(candidate => candidate.Name == variant && candidate.Target == Target.Cpu).Run(_backend, call);
        _copyBack.ForEach(copy => copy());
    }

    public void Dispose() => _backend.Dispose();

    /// <summary>Numbers from a fixed seed, uniform in ± range.</summary>
    public static float[] Random(int count, int seed, float range = 4f)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => ((2f * random.NextSingle()) - 1f) * range)];
    }

    /// <summary>Values that a kernel must overwrite.</summary>
    public static float[] Unwritten(int count) => [.. Enumerable.Repeat(float.NaN, count)];

    public static double[] Widen(float[] values) => [.. values.Select(value => (double)value)];

    /// <summary>Fails unless every value is finite and within tolerance, relative above 1 and absolute below.</summary>
    public static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"[{i}]: {actual[i]} for {expected[i]}");
        }
    }

    /// <summary>Fails unless both have the same bits everywhere.</summary>
    public static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
