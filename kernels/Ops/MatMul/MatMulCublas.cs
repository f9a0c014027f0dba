using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace ScratchNet.Kernels;

/// <summary>
/// cuBLAS, as a row of the bench where NVIDIA's toolkit is installed: what our rungs are to be compared with. Training never uses
/// it.
/// </summary>
/// <remarks>
/// cuBLAS thinks in columns, and a row-major matrix is its transpose there: cᵀ = op(b)ᵀ·op(a)ᵀ, so the factors change places. It
/// knows no epilogue; bias and activation are a launch of their own.
/// Limits: no machine with CUDA was at hand. This was compiled, but it was never run.
/// </remarks>
internal static class MatMulCublas
{
    internal delegate void EpilogueLauncher(AcceleratorStream stream, KernelConfig config,
        ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes);

    internal static readonly GpuKernel<EpilogueLauncher> Epilogue = new(EpilogueBody);

    public static void Run(GpuBackend backend, in MatMulCall call)
    {
        Open(backend).Gemm(
            call.TransposeB ? CuBlasOperation.Transpose : CuBlasOperation.NonTranspose,
            call.TransposeA ? CuBlasOperation.Transpose : CuBlasOperation.NonTranspose,
            call.N, call.M, call.K, 1f, backend.Memory(call.B), call.TransposeB ? call.K : call.N,
            backend.Memory(call.A), call.TransposeA ? call.M : call.K, 0f, backend.Memory(call.C), call.N);
        if (!call.Bias.IsEmpty || call.Activation != Activation.None)
        {
            backend.Launcher(Epilogue)(backend.Stream, backend.ForEach((long)call.M * call.N),
                backend.Memory(call.C), backend.Memory(call.Bias), MatMulSizes.Of(call));
        }
    }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public static string? WhyNot(GpuBackend backend)
    {
        if (backend.Device.Kind != DeviceKind.Cuda)
        {
            return $"cuBLAS runs on CUDA devices only, and {backend.Device.Id} is none";
        }

        try
        {
            Open(backend);
            return null;
        }
        catch (Exception exception)
            when (exception is DllNotFoundException or EntryPointNotFoundException or NotSupportedException or CuBlasException)
        {
            return $"cuBLAS cannot be loaded ({exception.Message}); install NVIDIA's CUDA toolkit";
        }
    }

    private static CuBlas Open(GpuBackend backend) => backend.Library(
        () => new CuBlas((CudaAccelerator)backend.Accelerator) { Stream = (CudaStream)backend.Stream });

    private static void EpilogueBody(ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var share = Share.Of(sizes.M * sizes.N);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            c[i] = MatMulGpu.Finish(c[i], bias, i % sizes.N, sizes);
        }
    }
}
