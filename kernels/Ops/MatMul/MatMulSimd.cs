using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>The CPU's matrix product. How it is cut up stands in <see cref="MatMulJob{TVector, TLanes, TRegisters}"/>.</summary>
internal static class MatMulSimd
{
    /// <summary>Multiplies with the widest vectors that the processor has.</summary>
    public static void Run(CpuBackend backend, in MatMulCall call)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run512(backend, call);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run256(backend, call);
        }
        else
        {
            Run128(backend, call);
        }
    }

    internal static void Run512(CpuBackend backend, in MatMulCall call) =>
        backend.Job<MatMulJob<Vector512<float>, Lanes512, Registers32>>().Run(backend, call);

    internal static void Run256(CpuBackend backend, in MatMulCall call) =>
        backend.Job<MatMulJob<Vector256<float>, Lanes256, Registers16>>().Run(backend, call);

    internal static void Run128(CpuBackend backend, in MatMulCall call) =>
        backend.Job<MatMulJob<Vector128<float>, Lanes128, Registers32>>().Run(backend, call);
}
