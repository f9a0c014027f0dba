using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Clipping by the norm: every thread works out the same factor from the sum that lies on the device.</summary>
internal static class ClipNormGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> g, ArrayView<float> squaredSum, int count, float limit);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in ClipNormCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.G), backend.Memory(call.SquaredSum), call.Count, call.Limit);

    private static void Body(ArrayView<float> g, ArrayView<float> squaredSum, int count, float limit)
    {
        var norm = MathF.Sqrt(squaredSum[0]);
        if (norm <= limit)
        {
            return;
        }

        var scale = float.IsInfinity(norm) ? float.NaN : limit / norm;
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            g[i] *= scale;
        }
    }
}
