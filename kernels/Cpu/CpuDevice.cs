using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>What there is to know about the processor.</summary>
internal static class CpuDevice
{
    /// <summary>Describes the processor as a device.</summary>
    /// <param name="threads">Threads that the backend uses.</param>
    public static DeviceInfo Describe(int threads) => new(
        "cpu",
        DeviceKind.Cpu,
        "CPU",
        IsProcessor: true,
        Units: threads,
        MemoryBytes: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Capabilities: Vector512.IsHardwareAccelerated ? "512-bit vectors"
            : Vector256.IsHardwareAccelerated ? "256-bit vectors"
            : "128-bit vectors");
}
