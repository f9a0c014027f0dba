using ILGPU.IR.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Arithmetic for GPU kernels: the same on every GPU target.</summary>
internal static class GpuMath
{
    /// <summary>a·b + c, rounded once. ILGPU has no such function for all targets; see <see cref="FusedMultiplyAdd"/>.</summary>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}
