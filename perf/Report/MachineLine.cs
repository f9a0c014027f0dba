using System.Globalization;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>The line above a suite's rows: what they were measured on, and what could be had there at most.</summary>
internal static class MachineLine
{
    /// <summary>Processor, threads, their multiply-add peak, and how far apart their cores are at this moment.</summary>
    /// <param name="backend">What is measured.</param>
    /// <param name="peak">Its multiply-add peak in GFLOP/s.</param>
    public static string Of(CpuBackend backend, double peak)
    {
        var (device, threads) = (backend.Device, backend.Team.Threads);
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{device.Name}, {device.Capabilities}, {threads} threads: multiply-add peak {peak:F0} GFLOP/s");
        return threads > 1 && CoreDistance.RoundTripNanoseconds() is { } nanoseconds
            ? string.Create(CultureInfo.InvariantCulture, $"{line}; a word to another core and back takes {nanoseconds:F0} ns")
            : line;
    }
}
