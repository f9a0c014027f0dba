using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 6, vectorized: the same tiles, but global and shared memory are read and c is written four floats at a time: a quarter
/// of the instructions, and each is a full 128-bit access.
/// </summary>
/// <remarks>
/// 128-bit accesses must be aligned. Where a matrix's rows in memory, or its first element, are no multiples of four floats, that
/// matrix is read or written one float at a time by the same kernel; the others are not affected.
/// </remarks>
internal static class MatMulVectorized
{
    internal static readonly TileKernels Tiles = new("vectorized",
        TileKernel.Shared<Tile128x128>(Body<Tile128x128>, MatMulRegister2D.SumsPerThread),
        TileKernel.Shared<Tile32x32>(Body<Tile32x32>, MatMulRegister2D.SumsPerThread))
    {
        OnProcessors = "32x32x8",
    };

    public static void Run(GpuBackend backend, in MatMulCall call) => Tiles.Run(backend, call);

    private static void Body<TTile>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
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
                WideTiles.Load(Operand.OfA(a, sizes), tileA, TTile.Rows, TTile.Depth, i, p);
                WideTiles.Load(Operand.OfB(b, sizes), tileB, TTile.Columns, TTile.Depth, j, p);
                Group.Barrier();
                for (var q = 0; q < TTile.Depth; q++)
                {
                    sums = sums.Plus(
                        WideTiles.Eight(tileA, (q * TTile.Rows) + y, 4), WideTiles.Eight(tileB, (q * TTile.Columns) + x, 4));
                }

                Group.Barrier();
            }

            WideTiles.Store(sums, c, bias, sizes, i + y, j + x, 4, 4);
        }
    }
}
