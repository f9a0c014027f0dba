using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 6, vectorized: the same tiles, but global and shared memory are read and c is written four floats at a time: a quarter
/// of the
/// instructions, and each is a full 128-bit access.
/// </summary>
/// <remarks>
/// Limits: no bounds are checked within four elements and 128-bit accesses must be aligned, so m, n and k and the views' offsets
/// must be
/// multiples of 4. Other calls are left to <see cref="MatMulRegister2D"/>.
/// </remarks>
internal static class MatMulVectorized
{
    internal static readonly GpuKernel<MatMulLauncher> Large = new(Body<LargeTile>);
    internal static readonly GpuKernel<MatMulLauncher> Small = new(Body<SmallTile>);

    public static void Run(GpuBackend backend, in MatMulCall call) =>
        GroupTiles.Launch<LargeTile, SmallTile>(backend, Large, Small, MatMulRegister2D.SumsPerThread, call);

    /// <summary>Why a call cannot be read four elements at a time; null when it can.</summary>
    public static string? WhyNot(in MatMulCall call) =>
        (call.M | call.N | call.K | call.A.Offset | call.B.Offset | call.C.Offset) % 4 == 0 ? null
            : "it needs sizes and offsets that are multiples of 4";

    private static void Body<TTile>(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TTile : struct, IGroupTile
    {
        var tileA = SharedMemory.Allocate<F4>(TTile.Rows * TTile.Depth / 4);
        var tileB = SharedMemory.Allocate<F4>(TTile.Columns * TTile.Depth / 4);
        var (y, x) = (Group.IdxX / (TTile.Columns / 8) * 8, Group.IdxX % (TTile.Columns / 8) * 8);
        var across = MatMulGpu.Tiles(sizes.N, TTile.Columns);
        for (var tile = Grid.IdxX; tile < across * MatMulGpu.Tiles(sizes.M, TTile.Rows); tile += Grid.DimX)
        {
            var (i, j) = (tile / across * TTile.Rows, tile % across * TTile.Columns);
            var sums = default(Tile8);
            for (var p = 0; p < sizes.K; p += TTile.Depth)
            {
                LoadTile(a.Cast<F4>(), tileA, TTile.Rows, TTile.Depth, i, p, sizes.M, sizes.K, sizes.ColumnA == 1);
                LoadTile(b.Cast<F4>(), tileB, TTile.Columns, TTile.Depth, j, p, sizes.N, sizes.K, sizes.ColumnB != 1);
                Group.Barrier();
                for (var q = 0; q < TTile.Depth; q++)
                {
                    sums = sums.Plus(Eight(tileA, (q * TTile.Rows) + y), Eight(tileB, (q * TTile.Columns) + x));
                }

                Group.Barrier();
            }

            Store(sums, c.Cast<F4>(), bias, sizes, i + y, j + x);
        }
    }

    /// <summary>
    /// Loads depth steps of some lines (rows of a, or columns of b) into shared memory, where one step of all lines lies in one
    /// piece.
    /// </summary>
    /// <param name="x">a or b.</param>
    /// <param name="tile">The shared memory.</param>
    /// <param name="lines">Lines of the tile.</param>
    /// <param name="depth">Steps of the tile.</param>
    /// <param name="firstLine">The tile's first line.</param>
    /// <param name="firstStep">The tile's first step.</param>
    /// <param name="allLines">Lines there are.</param>
    /// <param name="allSteps">Steps there are.</param>
    /// <param name="alongSteps">Whether neighbours in memory are steps of one line; else they are lines of one step.</param>
    private static void LoadTile(ArrayView<F4> x, ArrayView<F4> tile, int lines, int depth,
        int firstLine, int firstStep, int allLines, int allSteps, bool alongSteps)
    {
        for (var e = Group.IdxX; e < lines * depth / 4; e += Group.DimX)
        {
            var line = alongSteps ? e / (depth / 4) : e % (lines / 4) * 4;
            var step = alongSteps ? e % (depth / 4) * 4 : e / (lines / 4);
            var (i, p) = (firstLine + line, firstStep + step);
            var place = alongSteps ? (i * allSteps) + p : (p * allLines) + i;
            var values = i < allLines && p < allSteps ? x[place / 4] : default;
            if (alongSteps)
            {
                var single = tile.Cast<float>();
                single[(step * lines) + line] = values.X;
                single[((step + 1) * lines) + line] = values.Y;
                single[((step + 2) * lines) + line] = values.Z;
                single[((step + 3) * lines) + line] = values.W;
            }
            else
            {
                tile[((step * lines) + line) / 4] = values;
            }
        }
    }

    private static F8 Eight(ArrayView<F4> tile, int place) => new(tile[place / 4], tile[(place / 4) + 1]);

    private static void Store(Tile8 sums, ArrayView<F4> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        StoreRow(sums.R0, c, bias, sizes, i, j);
        StoreRow(sums.R1, c, bias, sizes, i + 1, j);
        StoreRow(sums.R2, c, bias, sizes, i + 2, j);
        StoreRow(sums.R3, c, bias, sizes, i + 3, j);
        StoreRow(sums.R4, c, bias, sizes, i + 4, j);
        StoreRow(sums.R5, c, bias, sizes, i + 5, j);
        StoreRow(sums.R6, c, bias, sizes, i + 6, j);
        StoreRow(sums.R7, c, bias, sizes, i + 7, j);
    }

    private static void StoreRow(F8 row, ArrayView<F4> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        StoreFour(row.Low, c, bias, sizes, i, j);
        StoreFour(row.High, c, bias, sizes, i, j + 4);
    }

    private static void StoreFour(F4 sums, ArrayView<F4> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        if (i < sizes.M && j < sizes.N)
        {
            c[((i * sizes.N) + j) / 4] = new F4(
                MatMulGpu.FinishStraight(sums.X, bias, j, sizes), MatMulGpu.FinishStraight(sums.Y, bias, j + 1, sizes),
                MatMulGpu.FinishStraight(sums.Z, bias, j + 2, sizes), MatMulGpu.FinishStraight(sums.W, bias, j + 3, sizes));
        }
    }
}
