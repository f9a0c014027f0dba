using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 7, warp tiles: the same work, dealt out so that the 32 threads of a warp, which load together, need few and neighbouring
/// numbers.
/// </summary>
/// <remarks>
/// In the rungs before, a warp of a 128 x 128 tile computes 16 rows of all 128 columns: for one step along k it reads 144 numbers
/// from shared memory. Here it computes a part of 32 x 64, which needs 96. And a thread's 8 x 8 sums are four quarters of 4 x 4,
/// half a part away from each other:
/// <code>
///            &lt;---- 64 columns ---->
///          +0 1 2 … 7|0 1 2 … 7+      each digit: a thread's 4 x 4 sums; thread 0 has all four corners marked 0
///          +8 …      |8 …      +
///          |  upper  |         |      Neighbouring threads' fours are neighbours in shared memory, so the eight that load
///          +---------+---------+      at once hit every bank once. With 8 sums side by side, each second four would be
///          +0 1 2 … 7|0 1 2 … 7+      skipped: two threads on each bank, and half the speed.
///          |  lower  |         |
///          +---------+---------+
/// </code>
/// Nothing depends on the size of the device's own warps; with others the loads are only less well grouped.
/// </remarks>
internal static class MatMulWarpTile
{
    internal static readonly TileKernels Tiles = new("warp-tile",
        TileKernel.Shared<Tile128x128Deep>(Body<Tile128x128Deep>, MatMulRegister2D.SumsPerThread),
        TileKernel.Shared<Tile128x128>(Body<Tile128x128>, MatMulRegister2D.SumsPerThread),
        TileKernel.Shared<Tile64x64>(Body<Tile64x64>, MatMulRegister2D.SumsPerThread),
        TileKernel.Shared<Tile32x32>(Body<Tile32x32>, MatMulRegister2D.SumsPerThread))
    {
        OnProcessors = "32x32x8",
    };

    public static void Run(GpuBackend backend, in MatMulCall call) => Tiles.Run(backend, call);

    private static void Body<TTile>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TTile : struct, IWarpTile
    {
        var tileA = SharedMemory.Allocate<F4>(TTile.Rows * TTile.Depth / 4);
        var tileB = SharedMemory.Allocate<F4>(TTile.Columns * TTile.Depth / 4);
        var (y, x) = WarpPlace<TTile>.OfThread();
        var across = MatMulGpu.Tiles(sizes.N, TTile.Columns);
        for (var tile = Grid.IdxX; tile < across * MatMulGpu.Tiles(sizes.M, TTile.Rows); tile += Grid.DimX)
        {
            var (i, j) = (tile / across * TTile.Rows, tile % across * TTile.Columns);
            var sums = default(Tile8);
            for (var p = 0; p < sizes.K; p += TTile.Depth)
            {
                WideTiles.Load(Operand.OfA(a, sizes), tileA, TTile.Rows, TTile.Depth, i, p);
                WideTiles.Load(Operand.OfB(b, sizes), tileB, TTile.Columns, TTile.Depth, j, p);
                Group.Barrier();
                for (var q = 0; q < TTile.Depth; q++)
                {
                    sums = sums.Plus(
                        WideTiles.Eight(tileA, (q * TTile.Rows) + y, WarpPlace<TTile>.Down),
                        WideTiles.Eight(tileB, (q * TTile.Columns) + x, WarpPlace<TTile>.Across));
                }

                Group.Barrier();
            }

            WideTiles.Store(sums, c, bias, sizes, i + y, j + x, WarpPlace<TTile>.Down, WarpPlace<TTile>.Across);
        }
    }
}
