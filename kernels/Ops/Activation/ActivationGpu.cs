using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Activations, forward and backward, one element at a time per thread.</summary>
internal static class ActivationGpu
{
    internal delegate void ForwardLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> x, ArrayView<float> y, int count, int activation);

    internal delegate void BackwardLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dx, int count, int activation);

    internal static readonly GpuKernel<ForwardLauncher> ForwardKernel = new(ForwardBody);
    internal static readonly GpuKernel<BackwardLauncher> BackwardKernel = new(BackwardBody);

    public static void RunForward(GpuBackend backend, in ActivationForwardCall call) =>
        backend.Launcher(ForwardKernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.X), backend.Memory(call.Y), call.Count, (int)call.Activation);

    public static void RunBackward(GpuBackend backend, in ActivationBackwardCall call) =>
        backend.Launcher(BackwardKernel)(backend.Stream, backend.ForEach(call.Count),
            backend.Memory(call.Y), backend.Memory(call.Dy), backend.Memory(call.Dx), call.Count, (int)call.Activation);

    /// <summary>y = f(x).</summary>
    private static void ForwardBody(ArrayView<float> x, ArrayView<float> y, int count, int activation)
    {
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            y[i] = GpuMath.Activate(x[i], activation);
        }
    }

    /// <summary>
    /// Forward: y = f(x). So dx = dy·f'(x), where f' in terms of y is y &gt; 0 for ReLU, y(1 - y) for sigmoid, 1 - y² for tanh.
    /// </summary>
    private static void BackwardBody(ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dx, int count, int activation)
    {
        var share = Share.Of(count);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            dx[i] = Gradient(y[i], dy[i], activation);
        }
    }

    /// <summary>dy·f'(x), from y = f(x).</summary>
    public static float Gradient(float y, float dy, int activation) => activation switch
    {
        (int)Activation.Relu => y > 0f ? dy : 0f,
        (int)Activation.Sigmoid => dy * (y * (1f - y)),
        (int)Activation.Tanh => dy * (1f - (y * y)),
        _ => dy,
    };
}
