using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>A moving average in one pass.</summary>
internal static class MovingAverageGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> w, ArrayView<float> average, int count, float newShare);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in MovingAverageCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.W), backend.Memory(call.Average), call.Count, call.NewShare);

    private static void Body(ArrayView<float> w, ArrayView<float> average, int count, float newShare)
    {
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            average[i] += newShare * (w[i] - average[i]);
        }
    }
}
