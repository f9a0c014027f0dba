using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 4, one-dimensional register tiles: each thread computes 8 elements of one column, so one value of b loaded from shared
/// memory serves
/// eight multiply-adds. In the tiled rung every multiply-add waited for two loads.
/// </summary>
internal static class MatMulRegister1D
{
    internal const int SumsPerThread = 8;

    internal static readonly TileKernels Tiles = new("register-1d",
        TileKernel.Shared<LargeColumn>(Body<LargeColumn>, SumsPerThread),
        TileKernel.Shared<SmallColumn>(Body<SmallColumn>, SumsPerThread));

    public static void Run(GpuBackend backend, in MatMulCall call) => Tiles.Run(backend, call);

    private static void Body<TTile>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TTile : struct, IGroupTile
    {
        var tileA = SharedMemory.Allocate<float>(TTile.Rows * TTile.Depth);
        var tileB = SharedMemory.Allocate<float>(TTile.Columns * TTile.Depth);
        var (y, x) = (Group.IdxX / TTile.Columns * SumsPerThread, Group.IdxX % TTile.Columns);
        var across = MatMulGpu.Tiles(sizes.N, TTile.Columns);
        for (var tile = Grid.IdxX; tile < across * MatMulGpu.Tiles(sizes.M, TTile.Rows); tile += Grid.DimX)
        {
            var (i, j) = (tile / across * TTile.Rows, tile % across * TTile.Columns);
            var sums = default(F8);
            for (var p = 0; p < sizes.K; p += TTile.Depth)
            {
                GroupTiles.LoadA<TTile>(a, tileA, sizes, i, p);
                GroupTiles.LoadB<TTile>(b, tileB, sizes, j, p);
                Group.Barrier();
                for (var q = 0; q < TTile.Depth; q++)
                {
                    sums = sums.Plus(tileB[(q * TTile.Columns) + x], GroupTiles.Eight(tileA, (q * TTile.Rows) + y));
                }

                Group.Barrier();
            }

            GroupTiles.StoreColumn(sums, c, bias, sizes, i + y, j + x);
        }
    }

    /// <summary>64 x 32: 256 threads of 8 elements.</summary>
    internal readonly struct LargeColumn : IGroupTile
    {
        public static int Rows => 64;

        public static int Columns => 32;

        public static int Depth => 8;
    }

    /// <summary>16 x 8: 16 threads of 8 elements, for small matrices.</summary>
    internal readonly struct SmallColumn : IGroupTile
    {
        public static int Rows => 16;

        public static int Columns => 8;

        public static int Depth => 8;
    }
}
