using System.CommandLine;
using System.Diagnostics;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// Operations that do little with each number: in cache against System.Numerics.Tensors, which has one thread, and out of cache
/// against the memory's bandwidth.
/// </summary>
internal sealed class ElementwiseSuite(SuiteReport report)
{
    private const string Name = "elementwise";
    private static readonly Peer Tensors = new("tensors", () => null);

    // Four arrays of this length share a second-level cache, and of the other are far larger than any cache.
    private const int InCache = 16 * 1024;
    private const int OutOfCache = 32 * 1024 * 1024;

    // The bandwidth is measured on z = x + s·y and counts 12 bytes an element; z's lines are read first, which makes 16.
    private const double TrafficPerByte = 1;

    /// <summary>Long enough for the runtime to compile both sides with everything it has learnt about them.</summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(300);

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal) => Suite.Create(
        Name, "Elementwise operations against System.Numerics.Tensors and the memory's bandwidth.", terminal, [Tensors], [],
        (report, _) => new ElementwiseSuite(report).Run());

    private void Run()
    {
        MeasureAll("in cache", 1, InCache, null);
        foreach (var threads in report.Threads)
        {
            MeasureAll("out of cache", threads, OutOfCache, TrafficPerByte * MemoryBandwidth.Gbps(threads, new Traffic(8, 4)));
        }
    }

    private void MeasureAll(string place, int threads, int count, double? bandwidth)
    {
        using var backend = new CpuBackend(threads);
        BufferView<float>[] arrays = [.. Enumerable.Range(0, 4).Select(_ => backend.Allocate<float>(count).View)];
        foreach (var operation in ElementwiseCase.All(backend, arrays))
        {
            // Sums of more rows than these differ from the reference's by more than the tolerance: it adds one after another.
            if (count == InCache)
            {
                operation.Check();
            }

            operation.Fill();
            Measure(backend, place, operation, bandwidth);
        }
    }

    private void Measure(CpuBackend backend, string place, ElementwiseCase operation, double? bandwidth)
    {
        var mine = new Contender("simd", operation.Mine);
        WarmUp(operation.Mine);
        if (operation.Peer is null || bandwidth is not null || !report.Has(Tensors.Name))
        {
            report.Row(place, Row(backend, operation, mine.Name, Interleaved.Time(mine)[0], bandwidth));
            return;
        }

        var peer = new Contender(Tensors.Name, operation.Peer);
        WarmUp(operation.Peer);
        var timings = Interleaved.Time(mine, peer);
        report.Row(place, Row(backend, operation, mine.Name, timings[0], bandwidth));
        report.Row(place, Row(backend, operation, peer.Name, timings[1], bandwidth), timings[0].TimesFasterThan(timings[1]));
    }

    private static void WarmUp(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime)
        {
            run();
        }
    }

    private static BenchRow Row(CpuBackend backend, ElementwiseCase operation, string variant, Timing timing, double? bandwidth) => new()
    {
        Op = operation.Name,
        Variant = variant,
        Backend = backend.Device.Id,
        Device = backend.Device.Name,
        Shape = new BenchShape(operation.Count),
        Sizes = $"{operation.Count}",
        Threads = backend.Team.Threads,
        MedianSeconds = timing.MedianSeconds,
        LowSeconds = timing.Interval.Low,
        HighSeconds = timing.Interval.High,
        Spread = timing.Spread,
        Gbps = operation.Bytes / timing.MedianSeconds / 1e9,
        PercentOfPeak = 100 * operation.Traffic / timing.MedianSeconds / 1e9 / bandwidth,
        CompileSeconds = 0,
        CopySeconds = 0,
        Verified = operation.Count == InCache,
    };
}
