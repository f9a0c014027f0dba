using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>What there is to know about the processor.</summary>
internal static class CpuDevice
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string CacheFolder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Describes the processor as a device.</summary>
    /// <param name="threads">Threads that the backend uses.</param>
    public static DeviceInfo Describe(int threads) => new(
        "cpu",
        DeviceKind.Cpu,
        ModelName(),
        IsProcessor: true,
        Units: threads,
        MemoryBytes: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Capabilities: string.Join(", ", [$"{VectorBits()}-bit vectors", .. Caches()]));

    /// <summary>Width of the widest vectors that are hardware.</summary>
    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The maker's name for the processor where the system tells it, else its architecture.</summary>
    private static string ModelName()
    {
        // Linux on x86 has the line "model name : AMD EPYC"; on ARM64 it has none. Windows sets a variable.
        var line = ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }

    /// <summary>Data caches as one core sees them, such as <c>48 KB L1</c>; none where the system does not tell.</summary>
    private static IEnumerable<string> Caches()
    {
        for (var index = 0; ; index++)
        {
            var folder = Path.Combine(CacheFolder, string.Create(CultureInfo.InvariantCulture, $"index{index}"));
            var type = ReadLines(Path.Combine(folder, "type")).FirstOrDefault();
            if (type is null)
            {
                yield break;
            }

            if (type != "Instruction")
            {
                var size = ReadLines(Path.Combine(folder, "size")).FirstOrDefault("unknown").Replace("K", " KB", StringComparison.Ordinal);
                yield return $"{size} L{ReadLines(Path.Combine(folder, "level")).FirstOrDefault("?")}";
            }
        }
    }

    /// <summary>The lines of a system file; none where there is no such file or it may not be read.</summary>
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
