using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Gradient descent with momentum in one pass.</summary>
internal static class SgdGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> w, ArrayView<float> g, ArrayView<float> velocity, int count, Rates rates);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    /// <summary>The rates; <paramref name="Nesterov"/> is 1 for the look-ahead, else 0.</summary>
    internal readonly record struct Rates(float Rate, float Momentum, float Decay, int Nesterov);

    public static void Run(GpuBackend backend, in SgdCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.W), backend.Memory(call.G), backend.Memory(call.Velocity), call.Count,
            new Rates(call.LearningRate, call.Momentum, call.WeightDecay, call.Nesterov ? 1 : 0));

    private static void Body(ArrayView<float> w, ArrayView<float> g, ArrayView<float> velocity, int count, Rates rates)
    {
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var step = g[i] + (rates.Decay * w[i]);
            if (rates.Momentum != 0f)
            {
                var u = (rates.Momentum * velocity[i]) + step;
                velocity[i] = u;
                step = rates.Nesterov != 0 ? step + (rates.Momentum * u) : u;
            }

            w[i] -= rates.Rate * step;
        }
    }
}
