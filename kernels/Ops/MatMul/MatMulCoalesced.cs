using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 2, coalesced: the same loop, but neighbouring threads take neighbouring columns, so that a warp reads one stretch of a
/// row of b
/// and writes one stretch of c: one transaction for 32 threads.
/// </summary>
internal static class MatMulCoalesced
{
    internal static readonly GpuKernel<MatMulLauncher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in MatMulCall call) =>
        MatMulGpu.Launch(backend, Kernel, backend.ForEach((long)call.M * call.N), call);

    private static void Body(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var share = Share.Of(sizes.M * sizes.N);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            MatMulGpu.Element(a, b, c, bias, sizes, i / sizes.N, i % sizes.N);
        }
    }
}
