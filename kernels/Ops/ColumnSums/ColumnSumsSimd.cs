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

    // More elements than that, 16 MB, seldom lie in a core's caches. Not asked of the machine: it shows in the result.
    private const long InCaches = (long)BandSize * MostBands;

    private const int RowsAtOnce = 8;
    private const int Stretches = 4;

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
            SumRows(call.X.AsSpan(), sums, call.Rows);
            return;
        }

        var bandSums = backend.Scratch.Shared(bands * call.Columns);
        var job = backend.Job<BandJob>();
        job.Set(call, bandRows, bandSums);
        backend.Team.Run(job, bands);
        SumRows(bandSums.AsSpan(), sums, bands);
    }

    /// <summary>Sums so many rows of x, which are as long as <paramref name="sums"/>, eight neighbours at a time.</summary>
    private static void SumRows(ReadOnlySpan<float> x, Span<float> sums, int rows)
    {
        var columns = sums.Length;
        sums.Clear();
        var row = 0;
        for (; row <= rows - RowsAtOnce; row += RowsAtOnce)
        {
            AddEight(x.Slice(row * columns, RowsAtOnce * columns), sums);
        }

        for (; row < rows; row++)
        {
            AddOne(x.Slice(row * columns, columns), sums);
        }
    }

    /// <summary>
    /// The same for rows that come from memory: the four that are added at a time are a quarter of all apart. The processor sees
    /// four long streams and fetches each of them ahead, which takes it nearly to the speed of reading; neighbours are many short
    /// ones, and came to three quarters of that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SumFarRows(ReadOnlySpan<float> x, Span<float> sums, int rows)
    {
        var columns = sums.Length;
        var stretch = rows / Stretches;
        var distance = stretch * columns;
        ref var s = ref MemoryMarshal.GetReference(sums);
        sums.Clear();
        for (var row = 0; row < stretch; row++)
        {
            var four = x.Slice(row * columns, ((Stretches - 1) * distance) + columns);
            ref var first = ref MemoryMarshal.GetReference(four);
            var j = 0;
            for (; j <= columns - Vector512<float>.Count; j += Vector512<float>.Count)
            {
                var sum = SumOfFour(ref Unsafe.Add(ref first, j), distance);
                (Vector512.LoadUnsafe(ref s, (nuint)j) + sum).StoreUnsafe(ref s, (nuint)j);
            }

            for (; j < columns; j++)
            {
                sums[j] += SumOfFour(four[j..], distance);
            }
        }

        for (var row = Stretches * stretch; row < rows; row++)
        {
            AddOne(x.Slice(row * columns, columns), sums);
        }
    }

    /// <summary>Adds eight rows in a tree: a sum is loaded and stored once for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddEight(ReadOnlySpan<float> x, Span<float> sums)
    {
        var columns = sums.Length;
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var last = ref Unsafe.Add(ref first, 4 * (nint)columns);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= columns - Vector512<float>.Count; j += Vector512<float>.Count)
        {
            var eight = SumOfFour(ref Unsafe.Add(ref first, j), columns) + SumOfFour(ref Unsafe.Add(ref last, j), columns);
            (Vector512.LoadUnsafe(ref s, (nuint)j) + eight).StoreUnsafe(ref s, (nuint)j);
        }

        for (; j < columns; j++)
        {
            sums[j] += SumOfFour(x[j..], columns) + SumOfFour(x[((4 * columns) + j)..], columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SumOfFour(ref float x, nint distance) =>
        (Vector512.LoadUnsafe(ref x) + Vector512.LoadUnsafe(ref Unsafe.Add(ref x, distance)))
        + (Vector512.LoadUnsafe(ref Unsafe.Add(ref x, 2 * distance)) + Vector512.LoadUnsafe(ref Unsafe.Add(ref x, 3 * distance)));

    private static float SumOfFour(ReadOnlySpan<float> x, int distance) =>
        (x[0] + x[distance]) + (x[2 * distance] + x[3 * distance]);

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
        private BufferView<float> _sums;

        /// <summary>Prepares bands of so many rows, each with its sums in a row of <paramref name="sums"/>.</summary>
        public void Set(in ColumnSumsCall call, int bandRows, BufferView<float> sums)
        {
            _call = call;
            _bandRows = bandRows;
            _sums = sums;
        }

        public override void Execute(int part)
        {
            var first = part * _bandRows;
            var (rows, columns) = (Math.Min(_bandRows, _call.Rows - first), _call.Columns);
            var band = _call.X.AsSpan().Slice(first * columns, rows * columns);
            var sums = _sums.AsSpan().Slice(part * columns, columns);
            if ((long)_call.Rows * columns > InCaches)
            {
                SumFarRows(band, sums, rows);
            }
            else
            {
                SumRows(band, sums, rows);
            }
        }
    }
}
