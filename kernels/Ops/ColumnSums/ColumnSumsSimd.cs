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

    private const int RowsAtOnce = 8;

    public static void Run(CpuBackend backend, in ColumnSumsCall call)
    {
        if (call.HasActivation)
        {
            ActivationSimd.RunBackward(backend, call.Gradient);
        }

        var bandRows = Math.Max((BandSize + call.Columns - 1) / call.Columns, (call.Rows + MostBands - 1) / MostBands);
        var bands = (call.Rows + bandRows - 1) / bandRows;
        var sums = call.Sums.AsSpan()[..call.Columns];
        if (bands == 1)
        {
            SumRows(call.X.AsSpan(), sums, call.Rows, asksAhead: false);
            return;
        }

        var job = backend.Job<BandJob>();
        job.Set(call, bandRows, bands);
        backend.Team.Run(job, bands);
        SumRows(job.Sums, sums, bands, asksAhead: false);
    }

    /// <summary>Sums so many rows of x, which are as long as <paramref name="sums"/>, eight rows at a time.</summary>
    private static void SumRows(ReadOnlySpan<float> x, Span<float> sums, int rows, bool asksAhead)
    {
        var columns = sums.Length;
        sums.Clear();
        var row = 0;
        for (; row <= rows - RowsAtOnce; row += RowsAtOnce)
        {
            AddEight(x.Slice(row * columns, RowsAtOnce * columns), sums, asksAhead);
        }

        for (; row < rows; row++)
        {
            AddOne(x.Slice(row * columns, columns), sums);
        }
    }

    /// <summary>
    /// Adds eight rows in a tree: a sum is loaded and stored once for all of them. The processor sees eight short streams and
    /// fetches little ahead of them, so meanwhile the next eight rows, which lie behind these, can be asked for in order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddEight(ReadOnlySpan<float> x, Span<float> sums, bool asksAhead)
    {
        var columns = sums.Length;
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var last = ref Unsafe.Add(ref first, 4 * (nint)columns);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= columns - Vector512<float>.Count; j += Vector512<float>.Count)
        {
            if (asksAhead)
            {
                Prefetch.Lines(ref Unsafe.Add(ref first, RowsAtOnce * ((nint)columns + j)), RowsAtOnce);
            }

            var eight = SumOfFour(ref Unsafe.Add(ref first, j), columns) + SumOfFour(ref Unsafe.Add(ref last, j), columns);
            (Vector512.LoadUnsafe(ref s, (nuint)j) + eight).StoreUnsafe(ref s, (nuint)j);
        }

        for (; j < columns; j++)
        {
            var upper = (x[j] + x[columns + j]) + (x[(2 * columns) + j] + x[(3 * columns) + j]);
            var lower = (x[(4 * columns) + j] + x[(5 * columns) + j]) + (x[(6 * columns) + j] + x[(7 * columns) + j]);
            sums[j] += upper + lower;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SumOfFour(ref float x, nint columns) =>
        (Vector512.LoadUnsafe(ref x) + Vector512.LoadUnsafe(ref Unsafe.Add(ref x, columns)))
        + (Vector512.LoadUnsafe(ref Unsafe.Add(ref x, 2 * columns)) + Vector512.LoadUnsafe(ref Unsafe.Add(ref x, 3 * columns)));

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
        private bool _asksAhead;
        private float[] _sums = [];

        /// <summary>The sums of each band, bands x columns.</summary>
        public ReadOnlySpan<float> Sums => _sums;

        public void Set(in ColumnSumsCall call, int bandRows, int bands)
        {
            _call = call;
            _bandRows = bandRows;
            _asksAhead = (long)call.Rows * call.Columns * sizeof(float) > CacheSizes.L3Share;
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
                Math.Min(_bandRows, _call.Rows - first), _asksAhead);
        }
    }
}
