using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>One tiny kernel, run when a backend is opened: a driver that builds nothing, or builds it wrong, is found out at
/// once.</summary>
internal static class SelfCheck
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config, ArrayView<float> y, int count);

    private const int Count = 37;
    internal static readonly GpuKernel<Launcher> Kernel = new(Fill);

    /// <summary>Runs the kernel and compares what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It wrote something else.</exception>
    public static void Run(GpuBackend backend)
    {
        using var buffer = backend.Allocate<float>(Count);
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(Count), backend.Memory(buffer.View), Count);
        var values = buffer.View.ToArray();
        for (var i = 0; i < Count; i++)
        {
            if (values[i] != (i * i) + 1f)
            {
                throw new InvalidOperationException($"a test kernel wrote {values[i]} where {(i * i) + 1} was right");
            }
        }
    }

    private static void Fill(ArrayView<float> y, int count)
    {
        for (var i = Grid.GlobalIndex.X; i < count; i += Grid.DimX * Group.DimX)
        {
            y[i] = GpuMath.Fma(i, i, 1f);
        }
    }
}
