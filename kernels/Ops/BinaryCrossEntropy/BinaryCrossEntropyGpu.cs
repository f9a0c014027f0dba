using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Binary cross-entropy from the logit z, one thread a row: loss = max(z, 0) - z·t + log(1 + e^-|z|).</summary>
internal static class BinaryCrossEntropyGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> logits, ArrayView<byte> labels, ArrayView<float> dlogits, ArrayView<float> losses,
        ArrayView<float> correct, int batch);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in BinaryCrossEntropyCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Batch),
            backend.Memory(call.Logits), backend.Memory(call.Labels), backend.Memory(call.DLogits),
            backend.Memory(call.Losses), backend.Memory(call.Correct), call.Batch);

    private static void Body(ArrayView<float> logits, ArrayView<byte> labels, ArrayView<float> dlogits,
        ArrayView<float> losses, ArrayView<float> correct, int batch)
    {
        var share = Share.Of(batch);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var z = logits[i];
            var t = (float)labels[i];
            losses[i] = GpuMath.Max(z, 0f) - (z * t) + GpuMath.LogP1OfUnit(GpuMath.Exp(z < 0f ? z : -z));
            correct[i] = (z > 0f) == (labels[i] == 1) ? 1f : 0f;

            // Forward: loss(z). So dloss/dz = [z > 0] - t ± e^-|z|/(1 + e^-|z|), which is sigmoid(z) - t on either side of 0.
            dlogits[i] = (GpuMath.Sigmoid(z) - t) / batch;
        }
    }
}
