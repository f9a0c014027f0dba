using System.Globalization;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>The line above a suite's rows: what they were measured on, and what could be had there at most.</summary>
internal static class MachineLine
{
    /// <summary>
    /// Notes the processor, the multiply-add peak of a backend's threads and, of several, how far apart their cores are at this
    /// moment.
    /// </summary>
    /// <param name="report">Receives the line.</param>
    /// <param name="backend">What is measured.</param>
    /// <returns>The peak in GFLOP/s.</returns>
    public static double Write(SuiteReport report, CpuBackend backend)
    {
        var (device, threads) = (backend.Device, backend.Team.Threads);
        // Another program that holds a core meanwhile would make the peak of all cores look too low.
        var peak = Math.Max(FmaPeak.Gflops(threads), threads * FmaPeak.Gflops(1));
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{device.Name}, {device.Capabilities}, {threads} threads: multiply-add peak {peak:F0} GFLOP/s");
        report.Note(threads > 1 && CoreDistance.RoundTripNanoseconds() is { } nanoseconds
            ? string.Create(CultureInfo.InvariantCulture, $"{line}; a word to another core and back takes {nanoseconds:F0} ns")
            : line);
        return peak;
    }
}
