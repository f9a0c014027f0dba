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
/// does as long as a loop's body is short: hence four rows a loop. For the same reason the epilogue has no branches; sigmoid and
/// tanh are a launch of their own. Tiles at the lower and right edges are moved back inside, where they overlap their neighbours
/// and write the same values again. A transposed b is left to <see cref="MatMulPanels"/>. Limits: at least one row and 16
/// columns, or four rows and 8 columns; less is left to <see cref="MatMulCoalesced"/>.
/// </remarks>
internal static class MatMulDirect
{
    internal static readonly TileKernels Tiles = new("direct",
        TileKernel.Single(8, 16, EightRows<Columns16>),
        TileKernel.Single(8, 8, EightRows<Columns8>),
        TileKernel.Single(4, 16, FourRows<Columns16>),
        TileKernel.Single(4, 8, FourRows<Columns8>),
        TileKernel.Single(4, 32, FourRows<Columns32>),
        TileKernel.Single(1, 16, OneRow<Columns16>),
        TileKernel.Single(1, 32, OneRow<Columns32>))
    {
        OwnPick = (backend, call) => Pick(backend, call),
    };

    private const int Rows = 4;

    public static void Run(GpuBackend backend, in MatMulCall call)
    {
        if (call.TransposeB && MatMulPanels.Fits(call))
        {
            MatMulPanels.Run(backend, call);
        }
        else if (Pick(backend, call) is { } shape)
        {
            MatMulGpu.Launch(backend, shape.Kernel, backend.Groups(shape.Tiles(call), shape.Threads), call);
        }
        else
        {
            MatMulCoalesced.Run(backend, call);
            return;
        }

        MatMulGpu.LaunchCurvedActivation(backend, call);
    }

    /// <summary>
    /// The tuned tile or, where there is none or it is larger than c, the first that is not; null for a transposed b, which no
    /// tile reads, and where c is too small for all.
    /// </summary>
    private static TileKernel? Pick(GpuBackend backend, in MatMulCall call)
    {
        if (call.TransposeB)
        {
            return null;
        }

        TileKernel? pick = null;
        var tuned = backend.Tuning.Tile(Tiles.Rung, MatMulClasses.Of(call));
        foreach (var shape in Tiles.Shapes)
        {
            if (shape.Rows <= call.M && shape.Columns <= call.N && (pick is null || shape.Name == tuned))
            {
                pick = shape;
            }
        }

        return pick;
    }

    private static void EightRows<TColumns>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TColumns : struct, IColumns
    {
        var (s0, s1, s2, s3) = (
            new float[TColumns.Count], new float[TColumns.Count], new float[TColumns.Count], new float[TColumns.Count]);
        var (s4, s5, s6, s7) = (
            new float[TColumns.Count], new float[TColumns.Count], new float[TColumns.Count], new float[TColumns.Count]);
        var down = MatMulGpu.Tiles(sizes.M, 2 * Rows);
        for (var tile = Grid.IdxX; tile < down * MatMulGpu.Tiles(sizes.N, TColumns.Count); tile += Grid.DimX)
        {
            var i = Inside(tile % down * 2 * Rows, 2 * Rows, sizes.M);
            var j = Inside(tile / down * TColumns.Count, TColumns.Count, sizes.N);
            Clear(s0, s1, s2, s3, TColumns.Count);
            Clear(s4, s5, s6, s7, TColumns.Count);
            for (var p = 0; p < sizes.K; p++)
            {
                Accumulate(s0, s1, s2, s3, a, sizes.PlaceA(i, p), sizes.RowA, b, (p * sizes.N) + j, TColumns.Count);
                Accumulate(s4, s5, s6, s7, a, sizes.PlaceA(i + Rows, p), sizes.RowA, b, (p * sizes.N) + j, TColumns.Count);
            }

            Store(s0, s1, s2, s3, c, bias, i, j, sizes, TColumns.Count);
            Store(s4, s5, s6, s7, c, bias, i + Rows, j, sizes, TColumns.Count);
        }
    }

    private static void FourRows<TColumns>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TColumns : struct, IColumns
    {
        var (s0, s1, s2, s3) = (
            new float[TColumns.Count], new float[TColumns.Count], new float[TColumns.Count], new float[TColumns.Count]);
        var down = MatMulGpu.Tiles(sizes.M, Rows);
        for (var tile = Grid.IdxX; tile < down * MatMulGpu.Tiles(sizes.N, TColumns.Count); tile += Grid.DimX)
        {
            var i = Inside(tile % down * Rows, Rows, sizes.M);
            var j = Inside(tile / down * TColumns.Count, TColumns.Count, sizes.N);
            Clear(s0, s1, s2, s3, TColumns.Count);
            for (var p = 0; p < sizes.K; p++)
            {
                Accumulate(s0, s1, s2, s3, a, sizes.PlaceA(i, p), sizes.RowA, b, (p * sizes.N) + j, TColumns.Count);
            }

            Store(s0, s1, s2, s3, c, bias, i, j, sizes, TColumns.Count);
        }
    }

    /// <summary>One row at a time, for batches of one to three.</summary>
    private static void OneRow<TColumns>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TColumns : struct, IColumns
    {
        var sums = new float[TColumns.Count];
        var across = MatMulGpu.Tiles(sizes.N, TColumns.Count);
        for (var tile = Grid.IdxX; tile < across * sizes.M; tile += Grid.DimX)
        {
            var i = tile / across;
            var j = Inside(tile % across * TColumns.Count, TColumns.Count, sizes.N);
            for (var q = 0; q < TColumns.Count; q++)
            {
                sums[q] = 0f;
            }

            for (var p = 0; p < sizes.K; p++)
            {
                var left = a[sizes.PlaceA(i, p)];
                for (var q = 0; q < TColumns.Count; q++)
                {
                    sums[q] = GpuMath.Fma(left, b[(p * sizes.N) + j + q], sums[q]);
                }
            }

            StoreRow(sums, c, bias, i, j, sizes, TColumns.Count);
        }
    }

    /// <summary>Where a tile begins that must not reach beyond the end.</summary>
    internal static int Inside(int start, int size, int end) => start + size > end ? end - size : start;

    internal static void Clear(float[] s0, float[] s1, float[] s2, float[] s3, int columns)
    {
        for (var q = 0; q < columns; q++)
        {
            (s0[q], s1[q], s2[q], s3[q]) = (0f, 0f, 0f, 0f);
        }
    }

    /// <summary>Adds the products of one column of a, four rows of it, with one row of b.</summary>
    internal static void Accumulate(float[] s0, float[] s1, float[] s2, float[] s3,
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

    internal static void Store(float[] s0, float[] s1, float[] s2, float[] s3,
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

    /// <summary>Columns of a tile, a constant that folds into the kernel.</summary>
    private interface IColumns
    {
        static abstract int Count { get; }
    }

    private readonly struct Columns8 : IColumns
    {
        public static int Count => 8;
    }

    private readonly struct Columns16 : IColumns
    {
        public static int Count => 16;
    }

    private readonly struct Columns32 : IColumns
    {
        public static int Count => 32;
    }
}
