using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Column sums: the plain way, with one thread a column, and the way for real GPUs, with several threads a
/// column.</summary>
internal static class ColumnSumsGpu
{
    internal delegate void TiledLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> sums, int rows, int columns, int width);

    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> sums, int rows, int columns);

    internal static readonly GpuKernel<Launcher> ColumnPerThread = new(ColumnPerThreadBody);
    internal static readonly GpuKernel<TiledLauncher> Tree = new(TreeBody);
    private const int MostThreads = 256;
    private const int RowsAtOnce = 8;

    public static void RunColumnPerThread(GpuBackend backend, in ColumnSumsCall call) =>
        backend.Launcher(ColumnPerThread)(backend.Stream, backend.ForEach(call.Columns),
            backend.Memory(call.X), backend.Memory(call.Sums), call.Rows, call.Columns);

    public static void RunTree(GpuBackend backend, in ColumnSumsCall call)
    {
        // 256 threads are 32 columns, one warp's coalesced read, by 8 rows.
        var width = Math.Max(1, backend.GroupSize / RowsAtOnce);
        backend.Launcher(Tree)(backend.Stream, backend.Groups((call.Columns + width - 1) / width, backend.GroupSize),
            backend.Memory(call.X), backend.Memory(call.Sums), call.Rows, call.Columns, width);
    }

    /// <summary>
    /// Rows are the outer loop, so that neighbouring columns are read one after another: with one thread a group, each pass
    /// over a row is a vectorised addition to the sums.
    /// </summary>
    private static void ColumnPerThreadBody(ArrayView<float> x, ArrayView<float> sums, int rows, int columns)
    {
        var share = Share.Of(columns);
        for (var j = share.First; j < share.End; j += Group.DimX)
        {
            sums[j] = x[j];
        }

        for (var i = 1; i < rows; i++)
        {
            for (var j = share.First; j < share.End; j += Group.DimX)
            {
                sums[j] += x[(i * columns) + j];
            }
        }
    }

    private static void TreeBody(ArrayView<float> x, ArrayView<float> sums, int rows, int columns, int width)
    {
        var parts = SharedMemory.Allocate<float>(MostThreads);
        var height = Group.DimX / width;
        var (row, column) = (Group.IdxX / width, Group.IdxX % width);
        for (var first = Grid.IdxX * width; first < columns; first += Grid.DimX * width)
        {
            var sum = 0f;
            for (var i = row; i < rows && row < height && first + column < columns; i += height)
            {
                sum += x[(i * columns) + first + column];
            }

            parts[Group.IdxX] = sum;
            Group.Barrier();
            if (row == 0 && first + column < columns)
            {
                for (var part = 1; part < height; part++)
                {
                    sum += parts[(part * width) + column];
                }

                sums[first + column] = sum;
            }

            Group.Barrier();
        }
    }
}
