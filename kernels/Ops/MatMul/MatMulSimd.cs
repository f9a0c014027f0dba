using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// The CPU's matrix product: by register tiles (<see cref="MatMulJob{TVector, TLanes, TRegisters}"/>), except where c is one
/// row (<see cref="MatMulVector{TVector, TLanes}"/>) or has few columns (<see cref="MatMulNarrow"/>), or the sums one
/// term (<see cref="MatMulOuter{TVector, TLanes}"/>) or few (<see cref="MatMulShort{TVector, TLanes, TRegisters}"/>). The way
/// depends on the sizes and the caches only.
/// </summary>
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
        Run<Vector512<float>, Lanes512, Registers32>(backend, call);

    internal static void Run256(CpuBackend backend, in MatMulCall call) => RunNarrow<Vector256<float>, Lanes256>(backend, call);

    internal static void Run128(CpuBackend backend, in MatMulCall call) => RunNarrow<Vector128<float>, Lanes128>(backend, call);

    /// <summary>
    /// AVX-512 doubles the registers for narrower vectors too, and ARM64 has 32 of them; other processors have 16.
    /// </summary>
    private static void RunNarrow<TVector, TLanes>(CpuBackend backend, in MatMulCall call)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        if (Avx512F.VL.IsSupported || AdvSimd.IsSupported)
        {
            Run<TVector, TLanes, Registers32>(backend, call);
        }
        else
        {
            Run<TVector, TLanes, Registers16>(backend, call);
        }
    }

    private static void Run<TVector, TLanes, TRegisters>(CpuBackend backend, in MatMulCall call)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        where TRegisters : struct, IRegisterFile
    {
        if (MatMulVector<TVector, TLanes>.Suits(call))
        {
            backend.Job<MatMulVector<TVector, TLanes>>().Run(backend, call);
        }
        else if (MatMulOuter<TVector, TLanes>.Suits(call))
        {
            backend.Job<MatMulOuter<TVector, TLanes>>().Run(backend, call);
        }
        else if (MatMulNarrow.Suits(call))
        {
            var transposed = backend.Scratch.Shared(call.M * call.N);
            RunTiles<TVector, TLanes, TRegisters>(
                backend, MatMulNarrow.Swap(call, transposed), MatMulNarrow.Sharers(call, backend.Team.Threads));
            MatMulNarrow.TurnRound(transposed, call);
        }
        else if (MatMulShort<TVector, TLanes, TRegisters>.Suits(call))
        {
            backend.Job<MatMulShort<TVector, TLanes, TRegisters>>().Run(backend, call);
        }
        else
        {
            RunTiles<TVector, TLanes, TRegisters>(backend, call, backend.Team.Threads);
        }
    }

    private static void RunTiles<TVector, TLanes, TRegisters>(CpuBackend backend, in MatMulCall call, int threads)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        where TRegisters : struct, IRegisterFile
    {
        if (MatMulSmall<TVector, TLanes, TRegisters>.Suits(call))
        {
            MatMulSmall<TVector, TLanes, TRegisters>.Multiply(call);
        }
        else
        {
            backend.Job<MatMulJob<TVector, TLanes, TRegisters>>().Run(backend, call, threads);
        }
    }
}
