using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>
/// The sum of squares in two launches: every group sums a share, then one group sums what the groups left. The order is fixed by
/// the launch, so the result is the same at every run.
/// </summary>
internal static class SquaredSumGpu
{
    internal delegate void SquaresLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> parts, int count);

    internal delegate void TotalLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> parts, ArrayView<float> sum, int count);

    internal static readonly GpuKernel<SquaresLauncher> Squares = new(SquaresBody);
    internal static readonly GpuKernel<TotalLauncher> Total = new(TotalBody);
    private const int MostThreads = 256;

    public static void Run(GpuBackend backend, in SquaredSumCall call)
    {
        var launch = backend.ForEach(call.Count);
        var groups = launch.GridDim.X;
        var parts = backend.Scratch(groups);
        backend.Launcher(Squares)(backend.Stream, launch, backend.Memory(call.X), parts, call.Count);
        backend.Launcher(Total)(
            backend.Stream, backend.Groups(1, backend.GroupSize), parts, backend.Memory(call.Sum), groups);
    }

    private static void SquaresBody(ArrayView<float> x, ArrayView<float> parts, int count)
    {
        var sums = SharedMemory.Allocate<float>(MostThreads);
        var share = Share.Of(count);
        var sum = 0f;
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            sum += x[i] * x[i];
        }

        Join(sum, sums, parts, Grid.IdxX);
    }

    private static void TotalBody(ArrayView<float> parts, ArrayView<float> sum, int count)
    {
        var sums = SharedMemory.Allocate<float>(MostThreads);
        var part = 0f;
        for (var i = Group.IdxX; i < count; i += Group.DimX)
        {
            part += parts[i];
        }

        Join(part, sums, sum, 0);
    }

    /// <summary>Adds up every thread's part and writes the sum to one place. A tree: each step halves what is left.</summary>
    private static void Join(float part, ArrayView<float> sums, ArrayView<float> target, int place)
    {
        var thread = Group.IdxX;
        sums[thread] = part;
        Group.Barrier();
        for (var left = Group.DimX; left > 1; left = (left + 1) / 2)
        {
            var other = thread + ((left + 1) / 2);
            if (other < left)
            {
                sums[thread] += sums[other];
            }

            Group.Barrier();
        }

        if (thread == 0)
        {
            target[place] = sums[0];
        }
    }
}
