using System.CommandLine;
using System.Diagnostics;
using System.Numerics.Tensors;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// Operations that do little with each number, in cache and out of it, against loops that only move as much in the same mix of
/// reads and writes and, with one thread, as it has no more, against System.Numerics.Tensors. All are timed in turns, so that
/// a share of the bandwidth is one of the bandwidth at that moment.
/// </summary>
internal sealed class ElementwiseSuite(SuiteReport report)
{
    private const string Name = "elementwise";
    private static readonly Peer Tensors = new("tensors", () => null);

    // Four arrays of this length share a second-level cache; one of the other is larger than most third-level caches.
    private const int InCache = 16 * 1024;
    private const int OutOfCache = 16 * 1024 * 1024;

    /// <summary>Long enough for the runtime to compile both sides with everything it has learnt about them.</summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(100);

    private static readonly TimingPlan Plan = new(15, 15, 0, TimeSpan.MaxValue);

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        string[] known = [.. ElementwiseCase.All(InCache).Select(operation => operation.Name)];
        var only = Suite.List("--only", "OP,OP", $"which operations: {string.Join(", ", known)} [default: all]");
        return Suite.Create(
            Name, "Elementwise operations against System.Numerics.Tensors and the memory's bandwidth.", terminal,
            [Tensors], [only], hasThreads: true,
            parse =>
            {
                var some = Suite.ReadChoices(parse, only, known);
                return report => new ElementwiseSuite(report).Run(some);
            });
    }

    private void Run(IReadOnlyList<string> only)
    {
        if (report.Has(Tensors.Name))
        {
            report.Version(Tensors.Name, Peer.Describe(typeof(TensorPrimitives).Assembly));
        }

        foreach (var threads in report.Threads)
        {
            using var backend = new CpuBackend(threads);
            MeasureAll("in cache", backend, InCache, only);
            MeasureAll("out of cache", backend, OutOfCache, only);
        }
    }

    private void MeasureAll(string place, CpuBackend backend, int count, IReadOnlyList<string> only)
    {
        foreach (var (name, make) in ElementwiseCase.All(count))
        {
            if (only.Count == 0 || only.Contains(name))
            {
                using var operation = make(backend);
                Measure(place, backend, operation);
            }
        }
    }

    private void Measure(string place, CpuBackend backend, ElementwiseCase operation)
    {
        var loops = MemoryBandwidth.Loops(backend.Team, operation.Traffic);
        List<(Contender Contender, double Error)> sides = [Side("simd", operation, operation.Mine)];
        if (operation.Peer is { } peer && backend.Team.Threads == 1 && report.Has(Tensors.Name))
        {
            sides.Add(Side(Tensors.Name, operation, peer));
        }

        var timings = Interleaved.Time(Plan, TimeProvider.System,
            [.. sides.Select(side => side.Contender), .. loops.Select(loop => new Contender("loop", () => loop.Run(1)))],
            report.Cancel);
        var (best, loopBytes) = timings.Skip(sides.Count).Zip(loops.Select(loop => loop.Bytes))
            .MinBy(pair => pair.First.MedianSeconds / pair.Second);
        var isCounted = false;
        foreach (var (index, (contender, error)) in sides.Index())
        {
            var timing = timings[index];
            var share = timing.TimesFasterThan(best) * operation.Traffic.Bytes / loopBytes;
            var isWritten = report.Row(place,
                Row(backend, operation, contender.Name, timing) with { PercentOfPeak = 100 * share, ErrorUlp = error },
                isCounted ? timings[0].TimesFasterThan(timing) : double.NaN);
            isCounted |= index == 0 && isWritten;
        }
    }

    /// <summary>Checks one side, then runs it until it is compiled.</summary>
    private static (Contender Contender, double Error) Side(string name, ElementwiseCase operation, Action run)
    {
        var error = operation.Check(name, run);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime)
        {
            run();
        }

        return (new Contender(name, run), error);
    }

    private static BenchRow Row(CpuBackend backend, ElementwiseCase operation, string variant, Timing timing) => new()
    {
        Op = operation.Name,
        Variant = variant,
        Backend = backend.Device.Id,
        Device = backend.Device.Name,
        Shape = operation.Shape with { Detail = "" },
        Sizes = operation.Sizes,
        Threads = backend.Team.Threads,
        MedianSeconds = timing.MedianSeconds,
        LowSeconds = timing.Interval.Low,
        HighSeconds = timing.Interval.High,
        Spread = timing.Spread,
        Gbps = operation.Traffic.Bytes / timing.MedianSeconds / 1e9,
        Limit = "bandwidth",
        CompileSeconds = 0,
        CopySeconds = 0,
        Verified = true,
    };
}
