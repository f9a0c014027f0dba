using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Gathers a batch, one group a row: its threads read neighbouring bytes and write neighbouring floats.</summary>
internal static class GatherGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<byte> images, ArrayView<byte> labels, ArrayView<int> indices, ArrayView<float> x,
        ArrayView<byte> batchLabels, int batch, int features, float scale, float shift);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in GatherCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.Groups(call.Batch, backend.GroupSize),
            backend.Memory(call.Images), backend.Memory(call.Labels), backend.Memory(call.Indices),
            backend.Memory(call.X), backend.Memory(call.BatchLabels), call.Batch, call.Features, call.Scale, call.Shift);

    private static void Body(ArrayView<byte> images, ArrayView<byte> labels, ArrayView<int> indices,
        ArrayView<float> x, ArrayView<byte> batchLabels, int batch, int features, float scale, float shift)
    {
        for (var i = Grid.IdxX; i < batch; i += Grid.DimX)
        {
            var sample = indices[i];
            for (var j = Group.IdxX; j < features; j += Group.DimX)
            {
                x[(i * features) + j] = (scale * images[(sample * features) + j]) + shift;
            }

            if (Group.IdxX == 0)
            {
                batchLabels[i] = labels[sample];
            }
        }
    }
}
