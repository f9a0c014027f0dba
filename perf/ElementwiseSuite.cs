using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// Operations that do little with each number: in cache against System.Numerics.Tensors, which has one thread, and out of cache
/// against the memory's bandwidth.
/// </summary>
internal sealed class ElementwiseSuite(TextWriter output, bool json)
{
    private const string Name = "elementwise";

    // Four arrays of this length share a second-level cache, and of the other are far larger than any cache.
    private const int InCache = 16 * 1024;
    private const int OutOfCache = 32 * 1024 * 1024;

    // The bandwidth is measured on z = x + s·y and counts 12 bytes an element; z's lines are read first, which makes 16.
    private const double TrafficPerByte = 16.0 / 12;

    /// <summary>Long enough for the runtime to compile both sides with everything it has learnt about them.</summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(300);

    private readonly List<double> _ratios = [];

    /// <summary>The command line of this suite.</summary>
    public static Command Command()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of a table." };
        var threads = new Option<int[]>("--threads")
        {
            Description = "Numbers of threads to measure with.",
            DefaultValueFactory = _ => Environment.ProcessorCount > 1 ? [1, 2] : [1],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(Name, "Elementwise operations against System.Numerics.Tensors and the memory's bandwidth.") { json, threads };
        command.SetAction(parsed =>
            new ElementwiseSuite(Console.Out, parsed.GetValue(json)).Run(parsed.GetValue(threads)!));
        return command;
    }

    private void Run(int[] threadCounts)
    {
        if (!json)
        {
            output.WriteLine($"{"place",-12} {"op",-18} {"variant",-8} {"threads",7} {"median",14} {"spread",7} {"GB/s",7} {"% peak",7} {"ratio",6}");
        }

        MeasureAll("in cache", 1, InCache, null);
        foreach (var threads in threadCounts)
        {
            MeasureAll("out of cache", threads, OutOfCache, TrafficPerByte * MemoryBandwidth.Gbps(threads));
        }

        if (_ratios.Count > 0)
        {
            Summary();
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
        if (operation.Peer is null || bandwidth is not null)
        {
            Row(backend, place, operation, mine.Name, Interleaved.Time(mine)[0], bandwidth, null);
            return;
        }

        var peer = new Contender("tensors", operation.Peer);
        WarmUp(operation.Peer);
        var timings = Interleaved.Time(mine, peer);
        var ratio = timings[0].TimesFasterThan(timings[1]);
        _ratios.Add(ratio);
        Row(backend, place, operation, mine.Name, timings[0], bandwidth, ratio);
        Row(backend, place, operation, peer.Name, timings[1], bandwidth, null);
    }

    private static void WarmUp(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime)
        {
            run();
        }
    }

    private void Row(CpuBackend backend, string place, ElementwiseCase operation, string variant, Timing timing,
        double? bandwidth, double? ratio)
    {
        var gbps = operation.Bytes / timing.MedianSeconds / 1e9;
        var percent = 100 * operation.Traffic / timing.MedianSeconds / 1e9 / bandwidth;
        if (!json)
        {
            output.WriteLine($"{place,-12} {operation.Name,-18} {variant,-8} {backend.Team.Threads,7} {timing.MedianSeconds * 1e6,11:F2} us "
                + $"{100 * timing.Spread,6:F1}% {gbps,7:F1} {(percent is { } p ? $"{p,6:F1}%" : ""),7} {(ratio is { } r ? $"{r,6:F2}" : "")}");
            return;
        }

        output.WriteLine(JsonSerializer.Serialize(new
        {
            op = operation.Name,
            variant,
            backend = "cpu",
            device = backend.Device.Name,
            n = operation.Count,
            median_seconds = timing.MedianSeconds,
            spread = timing.Spread,
            gbps,
            percent_of_peak = percent,
            compile_seconds = 0.0,
            copy_seconds = 0.0,
            threads = backend.Team.Threads,
            verified = operation.Count == InCache,
        }));
    }

    private void Summary()
    {
        var mean = Math.Exp(_ratios.Average(Math.Log));
        output.WriteLine(json
            ? JsonSerializer.Serialize(new
            {
                @event = "summary",
                suite = Name,
                group = "in cache",
                peer = "tensors",
                threads = 1,
                geomean_ratio = mean,
                min_ratio = _ratios.Min(),
            })
            : $"in cache: {mean:F2} times as fast as System.Numerics.Tensors (geometric mean), at least {_ratios.Min():F2}");
    }
}
