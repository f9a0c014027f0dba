using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Dropout. Each thread makes the four random words of one counter and uses all of them.</summary>
internal static class DropoutGpu
{
    internal delegate void ForwardLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> mask, int count, Draw draw);

    internal delegate void BackwardLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> dy, ArrayView<float> mask, ArrayView<float> dx, int count);

    internal static readonly GpuKernel<ForwardLauncher> ForwardKernel = new(ForwardBody);
    internal static readonly GpuKernel<BackwardLauncher> BackwardKernel = new(BackwardBody);

    /// <summary>What decides about an element: see <see cref="DropoutForwardCall"/>.</summary>
    internal readonly record struct Draw(uint Threshold, float KeptScale, ulong Seed, int Layer, uint Step);

    public static void RunForward(GpuBackend backend, in DropoutForwardCall call)
    {
        var quads = (call.Count / 4) + (call.Count % 4 == 0 ? 0 : 1);
        backend.Launcher(ForwardKernel)(backend.Stream, backend.ForEach(quads),
            backend.Memory(call.X), backend.Memory(call.Y), backend.Memory(call.Mask), call.Count,
            new Draw(call.Threshold, call.KeptScale, call.Seed, call.Layer, call.Step));
    }

    public static void RunBackward(GpuBackend backend, in DropoutBackwardCall call) =>
        backend.Launcher(BackwardKernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.Dy), backend.Memory(call.Mask), backend.Memory(call.Dx), call.Count);

    private static void ForwardBody(ArrayView<float> x, ArrayView<float> y, ArrayView<float> mask, int count, Draw draw)
    {
        var share = Share.Of((count / 4) + (count % 4 == 0 ? 0 : 1));
        for (var quad = share.First; quad < share.End; quad += Group.DimX)
        {
            var words = Philox.At(draw.Seed, RandomPurpose.Dropout, draw.Layer, draw.Step, (ulong)quad);
            var i = 4 * quad;
            Apply(x, y, mask, count, draw, i, words.X);
            Apply(x, y, mask, count, draw, i + 1, words.Y);
            Apply(x, y, mask, count, draw, i + 2, words.Z);
            Apply(x, y, mask, count, draw, i + 3, words.W);
        }
    }

    private static void Apply(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> mask, int count, Draw draw, int i, uint word)
    {
        if (i < count)
        {
            var kept = word < draw.Threshold ? 0f : draw.KeptScale;
            mask[i] = kept;
            y[i] = x[i] * kept;
        }
    }

    /// <summary>Forward: y = x·mask. So dx = dy·mask.</summary>
    private static void BackwardBody(ArrayView<float> dy, ArrayView<float> mask, ArrayView<float> dx, int count)
    {
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            dx[i] = dy[i] * mask[i];
        }
    }
}
