using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Copies a matrix the other way round into scratch memory, for kernels that need rows where columns are
/// stored.</summary>
internal static class Transpose
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> y, int rows, int columns);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    // A block of 16 x 16 reads and writes whole cache lines.
    private const int Block = 16;

    /// <summary>Gives the transposed matrix, columns x rows; it lives until the backend's scratch memory is used again.</summary>
    public static ArrayView<float> Run(GpuBackend backend, BufferView<float> x, int rows, int columns)
    {
        var y = backend.Scratch(rows * columns);
        var blocks = (long)MatMulGpu.Tiles(rows, Block) * MatMulGpu.Tiles(columns, Block);
        backend.Launcher(Kernel)(backend.Stream, backend.Groups(blocks, backend.GroupSize), backend.Memory(x), y, rows, columns);
        return y;
    }

    private static void Body(ArrayView<float> x, ArrayView<float> y, int rows, int columns)
    {
        var across = MatMulGpu.Tiles(columns, Block);
        for (var block = Grid.IdxX; block < across * MatMulGpu.Tiles(rows, Block); block += Grid.DimX)
        {
            var (firstRow, firstColumn) = (block / across * Block, block % across * Block);
            for (var place = Group.IdxX; place < Block * Block; place += Group.DimX)
            {
                var (i, j) = (firstRow + (place % Block), firstColumn + (place / Block));
                if (i < rows && j < columns)
                {
                    y[(j * rows) + i] = x[(i * columns) + j];
                }
            }
        }
    }
}
