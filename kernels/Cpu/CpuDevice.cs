using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>What there is to know about the processor.</summary>
internal static class CpuDevice
{
    private const string ProcessorFile = "/proc/cpuinfo";

    /// <summary>Describes the processor as a device.</summary>
    /// <param name="threads">Threads that the backend uses.</param>
    public static DeviceInfo Describe(int threads) => new(
        "cpu",
        DeviceKind.Cpu,
        ModelName(),
        IsProcessor: true,
        Units: threads,
        MemoryBytes: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Capabilities: string.Join(", ",
            [$"{VectorBits()}-bit vectors", .. CacheSizes.Known.Select(cache => $"{cache.Bytes / 1024} KB L{cache.Level}")]));

    /// <summary>Width of the widest vectors that are hardware.</summary>
    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The maker's name for the processor where the system tells it, else its architecture.</summary>
    private static string ModelName()
    {
        // Linux on x86 has the line "model name : AMD EPYC"; on ARM64 it has none. Windows sets a variable.
        var line = SystemFile.Lines(ProcessorFile).FirstOrDefault(
            line => line.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
