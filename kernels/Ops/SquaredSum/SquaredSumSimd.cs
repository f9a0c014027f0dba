using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// The sum of squares in double precision: pieces of a fixed size are summed by threads, then their sums in order. Where it is
/// cut depends on the count alone, so the result does not depend on the threads. Squares of float32 neither overflow a double nor
/// lose digits in it.
/// </summary>
internal static class SquaredSumSimd
{
    // 128 KB: long enough to be worth handing to a thread, short enough to share out a small network.
    private const int PieceSize = 32768;

    public static void Run(CpuBackend backend, in SquaredSumCall call)
    {
        var pieces = new Chunks(call.Count, PieceSize).Count;
        var job = backend.Job<PieceJob>();
        job.Set(call, pieces);
        backend.Team.Run(job, pieces);
        var sum = 0.0;
        foreach (var part in job.Sums[..pieces])
        {
            sum += part;
        }

        call.Sum.AsSpan()[0] = (float)sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Sum(ReadOnlySpan<float> x)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        var (even, odd) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i <= x.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var (lower, upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            even = Vector512.FusedMultiplyAdd(lower, lower, even);
            odd = Vector512.FusedMultiplyAdd(upper, upper, odd);
        }

        var sum = Vector512.Sum(even + odd);
        foreach (var value in x[i..])
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private sealed class PieceJob : ParallelJob
    {
        private SquaredSumCall _call;
        private double[] _sums = [];

        /// <summary>The sum of each piece.</summary>
        public ReadOnlySpan<double> Sums => _sums;

        public void Set(in SquaredSumCall call, int pieces)
        {
            _call = call;
            if (_sums.Length < pieces)
            {
                _sums = new double[pieces];
            }
        }

        public override void Execute(int part)
        {
            var start = part * PieceSize;
            _sums[part] = Sum(_call.X.AsSpan().Slice(start, Math.Min(PieceSize, _call.Count - start)));
        }
    }
}
