using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Rung 1, naive: one thread an element of c, neighbouring threads in neighbouring rows. Every thread of a warp then reads
/// another row
/// of a and writes another row of c: 32 memory transactions where one would do.
/// </summary>
internal static class MatMulNaive
{
    internal static readonly GpuKernel<MatMulLauncher> Kernel = new(Body);

    public static void Run(GpuBackend backend, in MatMulCall call) =>
        MatMulGpu.Launch(backend, Kernel, backend.ForEach((long)call.M * call.N), call);

    private static void Body(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes)
    {
        var share = Share.Of(sizes.M * sizes.N);
        for (var i = share.First; i < share.End; i += Group.DimX)
        {
            MatMulGpu.Element(a, b, c, bias, sizes, i % sizes.M, i / sizes.M);
        }
    }
}
