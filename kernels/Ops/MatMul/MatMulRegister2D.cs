using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 5, two-dimensional register tiles: each thread computes 8 x 8 elements. Sixteen values from shared memory now serve 64
/// multiply-adds,
/// and shared memory stops being what all wait for.
/// </summary>
internal static class MatMulRegister2D
{
    internal const int SumsPerThread = 64;

    internal static readonly TileKernels Tiles = new("register-2d",
        TileKernel.Shared<Tile128x128>(Body<Tile128x128>, SumsPerThread),
        TileKernel.Shared<Tile32x32>(Body<Tile32x32>, SumsPerThread));

    public static void Run(GpuBackend backend, in MatMulCall call) => Tiles.Run(backend, call);

    private static void Body<TTile>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TTile : struct, IGroupTile
    {
        var tileA = SharedMemory.Allocate<float>(TTile.Rows * TTile.Depth);
        var tileB = SharedMemory.Allocate<float>(TTile.Columns * TTile.Depth);
        var (y, x) = (Group.IdxX / (TTile.Columns / 8) * 8, Group.IdxX % (TTile.Columns / 8) * 8);
        var across = MatMulGpu.Tiles(sizes.N, TTile.Columns);
        for (var tile = Grid.IdxX; tile < across * MatMulGpu.Tiles(sizes.M, TTile.Rows); tile += Grid.DimX)
        {
            var (i, j) = (tile / across * TTile.Rows, tile % across * TTile.Columns);
            var sums = default(Tile8);
            for (var p = 0; p < sizes.K; p += TTile.Depth)
            {
                GroupTiles.LoadA<TTile>(a, tileA, sizes, i, p);
                GroupTiles.LoadB<TTile>(b, tileB, sizes, j, p);
                Group.Barrier();
                for (var q = 0; q < TTile.Depth; q++)
                {
                    sums = sums.Plus(
                        GroupTiles.Eight(tileA, (q * TTile.Rows) + y), GroupTiles.Eight(tileB, (q * TTile.Columns) + x));
                }

                Group.Barrier();
            }

            GroupTiles.Store(sums, c, bias, sizes, i + y, j + x);
        }
    }
}
