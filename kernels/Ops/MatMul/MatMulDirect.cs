using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// The rung for OpenCL on a processor, beside the ladder: no shared memory, since a processor has caches instead and every
/// barrier costs
/// it its vector loop. One thread computes a tile of 8 x 16 elements at a time, whose sums stay in vector registers.
/// </summary>
/// <remarks>
/// <code>
///                 16 columns: two or one vector registers
///             +----------------+
///    4 rows   | s0 … s3        |   for each p:  a[i..i+3, p], each broadcast, times b[p, j..j+15]
///             +----------------+
///    4 rows   | s4 … s7        |   for each p:  a[i+4..i+7, p], likewise
///             +----------------+
/// </code>
/// The compiler behind OpenCL keeps the sums in registers only when it unrolls the loops over the columns completely, which it
/// does as long as
/// a loop's body is short: hence four rows a loop. For the same reason the epilogue has no branches; sigmoid and tanh are a
/// launch
/// of their own. Tiles at the lower and right edges are moved back inside, where they overlap their neighbours and write the
/// same values again.
/// A transposed b is first copied the other way round, so that the 16 columns lie side by side.
/// Limits: at least 4 rows and 8 columns, or one row and 16 columns; less is left to <see cref="MatMulCoalesced"/>.
/// </remarks>
internal static class MatMulDirect
{
    internal static readonly GpuKernel<MatMulLauncher> Wide = new(WideBody);
    internal static readonly GpuKernel<MatMulLauncher> Narrow = new(NarrowBody);
    internal static readonly GpuKernel<MatMulLauncher> Flat = new(FlatBody);

    private const int Rows = 4;
    private const int WideColumns = 16;
    private const int NarrowColumns = 8;

    public static void Run(GpuBackend backend, in MatMulCall call)
    {
        var (kernel, rows, columns) = call switch
        {
            { M: >= 2 * Rows, N: >= WideColumns } => (Wide, 2 * Rows, WideColumns),
            { M: >= Rows, N: >= NarrowColumns } => (Narrow, Rows, NarrowColumns),
            { N: >= WideColumns, TransposeB: false } => (Flat, 1, WideColumns),
            _ => (null, 0, 0),
        };
        if (kernel is null)
        {
            MatMulCoalesced.Run(backend, call);
            return;
        }

        var sizes = MatMulSizes.Of(call) with { RowB = call.N, ColumnB = 1 };
        var b = call.TransposeB ? Transpose.Run(backend, call.B, call.N, call.K) : backend.Memory(call.B);
        var tiles = (long)MatMulGpu.Tiles(call.M, rows) * MatMulGpu.Tiles(call.N, columns);
        backend.Launcher(kernel)(backend.Stream, backend.Groups(tiles, 1),
            backend.Memory(call.A), b, backend.Memory(call.C), backend.Memory(call.Bias), sizes);
        MatMulGpu.LaunchCurvedActivation(backend, call);
    }

    private static void WideBody(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var (s0, s1, s2, s3) = (new float[WideColumns], new float[WideColumns], new float[WideColumns], new float[WideColumns]);
        var (s4, s5, s6, s7) = (new float[WideColumns], new float[WideColumns], new float[WideColumns], new float[WideColumns]);
        var down = MatMulGpu.Tiles(sizes.M, 2 * Rows);
        for (var tile = Grid.IdxX; tile < down * MatMulGpu.Tiles(sizes.N, WideColumns); tile += Grid.DimX)
        {
            var i = Inside(tile % down * 2 * Rows, 2 * Rows, sizes.M);
            var j = Inside(tile / down * WideColumns, WideColumns, sizes.N);
            Clear(s0, s1, s2, s3, WideColumns);
            Clear(s4, s5, s6, s7, WideColumns);
            for (var p = 0; p < sizes.K; p++)
            {
                Accumulate(s0, s1, s2, s3, a, sizes.PlaceA(i, p), sizes.RowA, b, (p * sizes.N) + j, WideColumns);
                Accumulate(s4, s5, s6, s7, a, sizes.PlaceA(i + Rows, p), sizes.RowA, b, (p * sizes.N) + j, WideColumns);
            }

            Store(s0, s1, s2, s3, c, bias, i, j, sizes, WideColumns);
            Store(s4, s5, s6, s7, c, bias, i + Rows, j, sizes, WideColumns);
        }
    }

    private static void NarrowBody(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var (s0, s1, s2, s3) = (new float[NarrowColumns], new float[NarrowColumns], new float[NarrowColumns], new float[NarrowColumns]);
        var down = MatMulGpu.Tiles(sizes.M, Rows);
        for (var tile = Grid.IdxX; tile < down * MatMulGpu.Tiles(sizes.N, NarrowColumns); tile += Grid.DimX)
        {
            var i = Inside(tile % down * Rows, Rows, sizes.M);
            var j = Inside(tile / down * NarrowColumns, NarrowColumns, sizes.N);
            Clear(s0, s1, s2, s3, NarrowColumns);
            for (var p = 0; p < sizes.K; p++)
            {
                Accumulate(s0, s1, s2, s3, a, sizes.PlaceA(i, p), sizes.RowA, b, (p * sizes.N) + j, NarrowColumns);
            }

            Store(s0, s1, s2, s3, c, bias, i, j, sizes, NarrowColumns);
        }
    }

    /// <summary>One row at a time, for batches of one to three.</summary>
    private static void FlatBody(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var sums = new float[WideColumns];
        var across = MatMulGpu.Tiles(sizes.N, WideColumns);
        for (var tile = Grid.IdxX; tile < across * sizes.M; tile += Grid.DimX)
        {
            var i = tile / across;
            var j = Inside(tile % across * WideColumns, WideColumns, sizes.N);
            for (var q = 0; q < WideColumns; q++)
            {
                sums[q] = 0f;
            }

            for (var p = 0; p < sizes.K; p++)
            {
                var left = a[sizes.PlaceA(i, p)];
                for (var q = 0; q < WideColumns; q++)
                {
                    sums[q] = GpuMath.Fma(left, b[(p * sizes.N) + j + q], sums[q]);
                }
            }

            StoreRow(sums, c, bias, i, j, sizes, WideColumns);
        }
    }

    /// <summary>Where a tile begins that must not reach beyond the end.</summary>
    private static int Inside(int start, int size, int end) => start + size > end ? end - size : start;

    private static void Clear(float[] s0, float[] s1, float[] s2, float[] s3, int columns)
    {
        for (var q = 0; q < columns; q++)
        {
            (s0[q], s1[q], s2[q], s3[q]) = (0f, 0f, 0f, 0f);
        }
    }

    /// <summary>Adds the products of one column of a, four rows of it, with one row of b.</summary>
    private static void Accumulate(float[] s0, float[] s1, float[] s2, float[] s3,
        ArrayView<float> a, int placeA, int rowA, ArrayView<float> b, int placeB, int columns)
    {
        var (a0, a1, a2, a3) = (a[placeA], a[placeA + rowA], a[placeA + (2 * rowA)], a[placeA + (3 * rowA)]);
        for (var q = 0; q < columns; q++)
        {
            var right = b[placeB + q];
            s0[q] = GpuMath.Fma(a0, right, s0[q]);
            s1[q] = GpuMath.Fma(a1, right, s1[q]);
            s2[q] = GpuMath.Fma(a2, right, s2[q]);
            s3[q] = GpuMath.Fma(a3, right, s3[q]);
        }
    }

    private static void Store(float[] s0, float[] s1, float[] s2, float[] s3,
        ArrayView<float> c, ArrayView<float> bias, int i, int j, MatMulSizes sizes, int columns)
    {
        StoreRow(s0, c, bias, i, j, sizes, columns);
        StoreRow(s1, c, bias, i + 1, j, sizes, columns);
        StoreRow(s2, c, bias, i + 2, j, sizes, columns);
        StoreRow(s3, c, bias, i + 3, j, sizes, columns);
    }

    private static void StoreRow(
        float[] sums, ArrayView<float> c, ArrayView<float> bias, int i, int j, MatMulSizes sizes, int columns)
    {
        for (var q = 0; q < columns; q++)
        {
            c[(i * sizes.N) + j + q] = MatMulGpu.FinishStraight(sums[q], bias, j + q, sizes);
        }
    }
}
