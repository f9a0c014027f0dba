using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 3, tiled: a group of side x side threads computes a square tile of c. It walks along k in steps of side: every thread
/// loads one element
/// of a and one of b into shared memory, then all threads use all of them, so each element is read from global memory once for
/// side threads.
/// </summary>
/// <remarks>
/// <code>
///              k                      n
///         +--------+             +--[B]--+        [A], [B]: the tiles in shared memory,
///       m |  [A]   |    ·      k |  [B]  |        moving along k step by step
///         +--------+             +-------+
/// </code>
/// Elements beyond an edge are loaded as 0, so that the inner loop needs no bounds. The side is the root of the group's size: 16
/// for 256.
/// </remarks>
internal static class MatMulTiled
{
    internal static readonly GpuKernel<MatMulLauncher> Kernel = new(Body);
    private const int MostSide = 16;

    public static void Run(GpuBackend backend, in MatMulCall call)
    {
        var side = Math.Min(MostSide, (int)Math.Sqrt(backend.GroupSize));
        var tiles = (long)MatMulGpu.Tiles(call.M, side) * MatMulGpu.Tiles(call.N, side);
        MatMulGpu.Launch(backend, Kernel, backend.Groups(tiles, side * side), call, side);
    }

    private static void Body(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var tileA = SharedMemory.Allocate<float>(MostSide * MostSide);
        var tileB = SharedMemory.Allocate<float>(MostSide * MostSide);
        var side = sizes.Side;
        var (y, x) = (Group.IdxX / side, Group.IdxX % side);
        var across = MatMulGpu.Tiles(sizes.N, side);
        for (var tile = Grid.IdxX; tile < across * MatMulGpu.Tiles(sizes.M, side); tile += Grid.DimX)
        {
            var (i, j) = ((tile / across * side) + y, (tile % across * side) + x);
            var sum = 0f;
            for (var p = 0; p < sizes.K; p += side)
            {
                tileA[(y * side) + x] = i < sizes.M && p + x < sizes.K ? a[sizes.PlaceA(i, p + x)] : 0f;
                tileB[(y * side) + x] = p + y < sizes.K && j < sizes.N ? b[sizes.PlaceB(p + y, j)] : 0f;
                Group.Barrier();
                for (var q = 0; q < side; q++)
                {
                    sum = GpuMath.Fma(tileA[(y * side) + q], tileB[(q * side) + x], sum);
                }

                Group.Barrier();
            }

            if (i < sizes.M && j < sizes.N)
            {
                c[(i * sizes.N) + j] = MatMulGpu.Finish(sum, bias, j, sizes);
            }
        }
    }
}
