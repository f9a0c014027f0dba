using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Adam and AdamW in one pass: four reads and three writes an element, which is all that its time consists of.</summary>
internal static class AdamGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> w, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, int count, Rates rates);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    /// <summary>What a step multiplies with, worked out in double precision on the host.</summary>
    internal readonly record struct Rates(
        float StepSize, float RootScale, float Beta1, float Beta2, float Epsilon, float Decay, float Shrink);

    public static void Run(GpuBackend backend, in AdamCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.W), backend.Memory(call.G), backend.Memory(call.FirstMoment), backend.Memory(call.SecondMoment),
            call.Count,
            new Rates(call.StepSize, call.RootScale, call.Beta1, call.Beta2, call.Epsilon, call.CoupledDecay, call.Shrink));

    private static void Body(
        ArrayView<float> w, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, int count, Rates rates)
    {
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var gradient = g[i] + (rates.Decay * w[i]);
            var first = (rates.Beta1 * m[i]) + ((1f - rates.Beta1) * gradient);
            var second = (rates.Beta2 * v[i]) + ((1f - rates.Beta2) * gradient * gradient);
            m[i] = first;
            v[i] = second;
            w[i] = (rates.Shrink * w[i]) - (rates.StepSize * first / ((rates.RootScale * MathF.Sqrt(second)) + rates.Epsilon));
        }
    }
}
