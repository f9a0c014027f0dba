using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Column sums: the plain way, with one thread a column, and the way for real GPUs, with several threads a
/// column.</summary>
internal static class ColumnSumsGpu
{
    internal delegate void TiledLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> sums, ArrayView<float> y, Sizes sizes, int width);

    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> sums, ArrayView<float> y, Sizes sizes);

    internal static readonly GpuKernel<Launcher> ColumnPerThread = new(ColumnPerThreadBody);
    internal static readonly GpuKernel<TiledLauncher> Tree = new(TreeBody);
    private const int MostThreads = 256;
    private const int RowsAtOnce = 8;

    /// <summary>What a kernel knows of its call: see <see cref="ColumnSumsCall"/>.</summary>
    internal readonly record struct Sizes(int Rows, int Columns, int Activation)
    {
        public static Sizes Of(in ColumnSumsCall call) => new(call.Rows, call.Columns, (int)call.Activation);
    }

    public static void RunColumnPerThread(GpuBackend backend, in ColumnSumsCall call) =>
        backend.Launcher(ColumnPerThread)(backend.Stream, backend.ForEach(call.Columns),
            backend.Memory(call.X), backend.Memory(call.Sums), backend.Memory(call.Y), Sizes.Of(call));

    public static void RunTree(GpuBackend backend, in ColumnSumsCall call)
    {
        // 256 threads are 32 columns, one warp's coalesced read, by 8 rows.
        var width = Math.Max(1, backend.GroupSize / RowsAtOnce);
        backend.Launcher(Tree)(backend.Stream, backend.Groups((call.Columns + width - 1) / width, backend.GroupSize),
            backend.Memory(call.X), backend.Memory(call.Sums), backend.Memory(call.Y), Sizes.Of(call), width);
    }

    /// <summary>
    /// Rows are the outer loop, so that neighbouring columns are read one after another: with one thread a group, each pass
    /// over a row is a vectorised addition to the sums.
    /// </summary>
    private static void ColumnPerThreadBody(ArrayView<float> x, ArrayView<float> sums, ArrayView<float> y, Sizes sizes)
    {
        var share = Share.Of(sizes.Columns);
        for (var j = share.First; j < share.End; j += Group.DimX)
        {
            sums[j] = Term(x, y, j, sizes);
        }

        for (var i = 1; i < sizes.Rows; i++)
        {
            for (var j = share.First; j < share.End; j += Group.DimX)
            {
                sums[j] += Term(x, y, (i * sizes.Columns) + j, sizes);
            }
        }
    }

    private static void TreeBody(ArrayView<float> x, ArrayView<float> sums, ArrayView<float> y, Sizes sizes, int width)
    {
        var parts = SharedMemory.Allocate<float>(MostThreads);
        var height = Group.DimX / width;
        var (row, column) = (Group.IdxX / width, Group.IdxX % width);
        for (var first = Grid.IdxX * width; first < sizes.Columns; first += Grid.DimX * width)
        {
            var sum = 0f;
            for (var i = row; i < sizes.Rows && row < height && first + column < sizes.Columns; i += height)
            {
                sum += Term(x, y, (i * sizes.Columns) + first + column, sizes);
            }

            parts[Group.IdxX] = sum;
            Group.Barrier();
            if (row == 0 && first + column < sizes.Columns)
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

    /// <summary>One element, taken back through the activation if there is one; then it is also written back.</summary>
    private static float Term(ArrayView<float> x, ArrayView<float> y, int place, Sizes sizes)
    {
        if (sizes.Activation == (int)Activation.None)
        {
            return x[place];
        }

        var gradient = ActivationGpu.Gradient(y[place], x[place], sizes.Activation);
        x[place] = gradient;
        return gradient;
    }
}
