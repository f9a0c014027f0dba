using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>Peaks whose multiply-adds a suite knows better: measured over longer, or in turns with what is judged.</summary>
/// <param name="gflops">Multiply-adds in GFLOP/s.</param>
/// <param name="memory">What the device is in all else.</param>
internal sealed class KnownPeaks(double gflops, IPeaks memory) : IPeaks
{
    public double? Gflops => gflops;

    public double? Gbps(Traffic traffic) => memory.Gbps(traffic);

    public void Remeasure(Traffic traffic) => memory.Remeasure(traffic);
}

/// <summary>Rows beside what peaks allow.</summary>
internal static class JudgedRows
{
    /// <summary>Fills in how far a row is from what the peaks allow, as the bench has it.</summary>
    /// <param name="row">A row with its time and its GFLOP/s.</param>
    /// <param name="peaks">What the device can do at most.</param>
    /// <param name="parts">Calls that run one after the other: their work, and what each moves.</param>
    /// <param name="repeats">How often they do in the row's time.</param>
    public static BenchRow JudgedBy(
        this BenchRow row, IPeaks peaks, IReadOnlyList<(long Flops, Traffic Traffic)> parts, double repeats = 1)
    {
        var seconds = row.MedianSeconds!.Value;
        var floor = peaks.Judge(parts, seconds / repeats, SuiteReport.PeakTolerance);
        return row with
        {
            FloorSeconds = repeats * floor?.Seconds,
            PercentOfPeak = 100 * repeats * floor?.Seconds / seconds,
            PercentOfFma = 100 * row.Gflops / peaks.Gflops,
            Limit = floor?.Limit,
        };
    }
}
