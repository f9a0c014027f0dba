using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 8, double buffering: while a step along k is multiplied, the next one is already on its way from global memory. It
/// travels in registers and goes into a second pair of tiles, so that one barrier a step is enough where there were two.
/// </summary>
/// <remarks>
/// A warp that waits for global memory waits some hundred cycles; other warps fill them, but these kernels need so many registers
/// that few fit on a multiprocessor. The price is twice the shared memory and up to 32 registers more a thread.
/// </remarks>
internal static class MatMulDoubleBuffered
{
    private const int Buffers = 2;

    internal static readonly TileKernels Tiles = new("double-buffered",
        TileKernel.Shared<Tile128x128Deep>(Body<Tile128x128Deep>, MatMulRegister2D.SumsPerThread, Buffers),
        TileKernel.Shared<Tile128x128>(Body<Tile128x128>, MatMulRegister2D.SumsPerThread, Buffers),
        TileKernel.Shared<Tile64x64>(Body<Tile64x64>, MatMulRegister2D.SumsPerThread, Buffers),
        TileKernel.Shared<Tile32x32>(Body<Tile32x32>, MatMulRegister2D.SumsPerThread, Buffers))
    {
        OnProcessors = "32x32x8",
    };

    public static void Run(GpuBackend backend, in MatMulCall call) => Tiles.Run(backend, call);

    private static void Body<TTile>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
        where TTile : struct, IWarpTile
    {
        var tilesA = SharedMemory.Allocate<F4>(Buffers * TTile.Rows * TTile.Depth / 4);
        var tilesB = SharedMemory.Allocate<F4>(Buffers * TTile.Columns * TTile.Depth / 4);
        var (y, x) = WarpPlace<TTile>.OfThread();
        var across = MatMulGpu.Tiles(sizes.N, TTile.Columns);
        for (var tile = Grid.IdxX; tile < across * MatMulGpu.Tiles(sizes.M, TTile.Rows); tile += Grid.DimX)
        {
            var (i, j) = (tile / across * TTile.Rows, tile % across * TTile.Columns);
            var (left, right) = (Operand.OfA(a, sizes), Operand.OfB(b, sizes));
            var sums = default(Tile8);
            WideTiles.Load(left, Half<TTile>(tilesA, TTile.Rows, 0), TTile.Rows, TTile.Depth, i, 0);
            WideTiles.Load(right, Half<TTile>(tilesB, TTile.Columns, 0), TTile.Columns, TTile.Depth, j, 0);
            Group.Barrier();
            for (var (p, half) = (0, 0); p < sizes.K; p += TTile.Depth, half = 1 - half)
            {
                // Beyond the end of k these are zeros that nobody reads.
                var nextA = Fetched.From<TTile>(left, TTile.Rows, i, p + TTile.Depth);
                var nextB = Fetched.From<TTile>(right, TTile.Columns, j, p + TTile.Depth);
                for (var q = half * TTile.Depth; q < (half + 1) * TTile.Depth; q++)
                {
                    sums = sums.Plus(
                        WideTiles.Eight(tilesA, (q * TTile.Rows) + y, WarpPlace<TTile>.Down),
                        WideTiles.Eight(tilesB, (q * TTile.Columns) + x, WarpPlace<TTile>.Across));
                }

                nextA.Put<TTile>(left.AlongSteps, Half<TTile>(tilesA, TTile.Rows, 1 - half), TTile.Rows);
                nextB.Put<TTile>(right.AlongSteps, Half<TTile>(tilesB, TTile.Columns, 1 - half), TTile.Columns);
                Group.Barrier();
            }

            WideTiles.Store(sums, c, bias, sizes, i + y, j + x, WarpPlace<TTile>.Down, WarpPlace<TTile>.Across);
        }
    }

    /// <summary>One of the two tiles.</summary>
    private static ArrayView<F4> Half<TTile>(ArrayView<F4> tiles, int lines, int half)
        where TTile : struct, IGroupTile =>
        tiles.SubView(half * lines * TTile.Depth / 4, lines * TTile.Depth / 4);

    /// <summary>This thread's share of a tile in registers: one, two or four fours, a constant for each shape of tile.</summary>
    private readonly record struct Fetched(F4 First, F4 Second, F4 Third, F4 Fourth)
    {
        public static Fetched From<TTile>(Operand x, int lines, int line, int step)
            where TTile : struct, IGroupTile
        {
            var (e, threads) = (Group.IdxX, Threads<TTile>());
            var fours = lines * TTile.Depth / 4 / threads;
            return new Fetched(
                WideTiles.Fetch(x, lines, TTile.Depth, e, line, step),
                fours > 1 ? WideTiles.Fetch(x, lines, TTile.Depth, e + threads, line, step) : default,
                fours > 2 ? WideTiles.Fetch(x, lines, TTile.Depth, e + (2 * threads), line, step) : default,
                fours > 2 ? WideTiles.Fetch(x, lines, TTile.Depth, e + (3 * threads), line, step) : default);
        }

        public void Put<TTile>(bool alongSteps, ArrayView<F4> tile, int lines)
            where TTile : struct, IGroupTile
        {
            var (e, threads) = (Group.IdxX, Threads<TTile>());
            var fours = lines * TTile.Depth / 4 / threads;
            WideTiles.Put(alongSteps, tile, lines, TTile.Depth, e, First);
            if (fours > 1)
            {
                WideTiles.Put(alongSteps, tile, lines, TTile.Depth, e + threads, Second);
            }

            if (fours > 2)
            {
                WideTiles.Put(alongSteps, tile, lines, TTile.Depth, e + (2 * threads), Third);
                WideTiles.Put(alongSteps, tile, lines, TTile.Depth, e + (3 * threads), Fourth);
            }
        }

        private static int Threads<TTile>()
            where TTile : struct, IGroupTile =>
            TTile.Rows * TTile.Columns / MatMulRegister2D.SumsPerThread;
    }
}
