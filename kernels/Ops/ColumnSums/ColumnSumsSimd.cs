using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Column sums in one pass along the rows. The matrix is cut into bands of rows; each band is summed by one thread, then the
/// bands' sums are added in order. Where it is cut depends on its shape alone, so the result does not depend on the threads.
/// </summary>
internal static class ColumnSumsSimd
{
    // A band is worth handing to a thread from this many elements on.
    private const int BandSize = 65536;

    // Adding up the bands is left to one thread, so there must not be many of them.
    private const int MostBands = 64;

    public static void Run(CpuBackend backend, in ColumnSumsCall call)
    {
        var bandRows = Math.Max((BandSize + call.Columns - 1) / call.Columns, (call.Rows + MostBands - 1) / MostBands);
        var bands = (call.Rows + bandRows - 1) / bandRows;
        var sums = call.Sums.AsSpan()[..call.Columns];
        if (bands == 1)
        {
            SumRows(call.X.AsSpan(), sums, call.Rows);
            return;
        }

        var job = backend.Job<BandJob>();
        job.Set(call, bandRows, bands);
        backend.Team.Run(job, bands);
        SumRows(job.Sums, sums, bands);
    }

    /// <summary>Sums so many rows of x, which are as long as <paramref name="sums"/>, four rows at a time.</summary>
    private static void SumRows(ReadOnlySpan<float> x, Span<float> sums, int rows)
    {
        var columns = sums.Length;
        sums.Clear();
        var row = 0;
        for (; row <= rows - 4; row += 4)
        {
            var four = x.Slice(row * columns, 4 * columns);
            AddFour(four[..columns], four.Slice(columns, columns), four.Slice(2 * columns, columns), four[(3 * columns)..], sums);
        }

        for (; row < rows; row++)
        {
            AddOne(x.Slice(row * columns, columns), sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddFour(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, Span<float> sums)
    {
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        ref var d0 = ref MemoryMarshal.GetReference(d);
        ref var s0 = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= sums.Length - Vector512<float>.Count; j += Vector512<float>.Count)
        {
            var at = (nuint)j;
            var upper = Vector512.LoadUnsafe(ref a0, at) + Vector512.LoadUnsafe(ref b0, at);
            var lower = Vector512.LoadUnsafe(ref c0, at) + Vector512.LoadUnsafe(ref d0, at);
            (Vector512.LoadUnsafe(ref s0, at) + (upper + lower)).StoreUnsafe(ref s0, at);
        }

        for (; j < sums.Length; j++)
        {
            sums[j] += (a[j] + b[j]) + (c[j] + d[j]);
        }
    }

    private static void AddOne(ReadOnlySpan<float> a, Span<float> sums)
    {
        for (var j = 0; j < sums.Length; j++)
        {
            sums[j] += a[j];
        }
    }

    private sealed class BandJob : ParallelJob
    {
        private ColumnSumsCall _call;
        private int _bandRows;
        private float[] _sums = [];

        /// <summary>The sums of each band, bands x columns.</summary>
        public ReadOnlySpan<float> Sums => _sums;

        public void Set(in ColumnSumsCall call, int bandRows, int bands)
        {
            _call = call;
            _bandRows = bandRows;
            if (_sums.Length < bands * call.Columns)
            {
                _sums = new float[bands * call.Columns];
            }
        }

        public override void Execute(int part)
        {
            var first = part * _bandRows;
            var columns = _call.Columns;
            SumRows(_call.X.AsSpan()[(first * columns)..], _sums.AsSpan(part * columns, columns),
                Math.Min(_bandRows, _call.Rows - first));
        }
    }
}
