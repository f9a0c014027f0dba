using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>The first largest value of each row, one thread a row: the rows of a classifier are short.</summary>
internal static class ArgMaxGpu
{
    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> scores, ArrayView<byte> predictions, int batch, int classes);

    internal static readonly GpuKernel<Launcher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in ArgMaxCall call) =>
        backend.Launcher(Kernel)(backend.Stream, backend.ForEach(call.Batch),
            backend.Memory(call.Scores), backend.Memory(call.Predictions), call.Batch, call.Classes);

    /// <summary>Index of the first largest value of a row.</summary>
    internal static int OfRow(ArrayView<float> z, int row, int classes)
    {
        var best = 0;
        for (var j = 1; j < classes; j++)
        {
            best = z[row + j] > z[row + best] ? j : best;
        }

        return best;
    }

    private static void Body(ArrayView<float> scores, ArrayView<byte> predictions, int batch, int classes)
    {
        var share = Share.Of(batch);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            var answer = classes == 1 ? (scores[i] > 0f ? 1 : 0) : OfRow(scores, i * classes, classes);
            predictions[i] = (byte)answer;
        }
    }
}
