using System.CommandLine;
using System.Numerics.Tensors;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// What takes nanoseconds, by BenchmarkDotNet: it takes off the cost of its own loop, which Interleaved's millisecond samples
/// need not. It measures one side after the other, so ratios are of medians, and noise may fall on one side alone.
/// </summary>
internal static class MicroSuite
{
    private const string Name = "micro";
    private const string Own = "simd";
    private const string Functions = "functions";

    private const string Tensors = "tensors";

    private static readonly Peer[] Peers =
        [new(Tensors, () => null), new("mathf", () => null), new("parallel-for", () => null)];

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        const string About = "Elementary functions for each number, and the hand-over to two threads, by BenchmarkDotNet.";
        return Suite.Create(Name, About, terminal, Peers, [], hasThreads: false, _ => report =>
        {
            if (report.Has(Tensors))
            {
                report.Version(Tensors, Peer.Describe(typeof(TensorPrimitives).Assembly));
            }

            Run<VectorMathBenchmarks>(report, Functions, threads: 1);
            Run<ForkJoinBenchmarks>(report, "threads", threads: 2);
        });
    }

    private static void Run<T>(SuiteReport report, string group, int threads)
    {
        var folder = Directory.CreateTempSubdirectory("scratchnet-micro-");
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(5).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(40));
        var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).WithArtifactsPath(folder.FullName);
        // It cannot be told to stop: when the suite is interrupted, its thread ends with the process.
        var running = Task.Run(() => BenchmarkRunner.Run<T>(config));
        try
        {
            var summary = running.WaitAsync(report.Cancel).GetAwaiter().GetResult();
            foreach (var of in summary.Reports.GroupBy(result => Words(result)[0]))
            {
                Write(report, group, threads, [.. of]);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(SuiteReport report, string group, int threads, BenchmarkReport[] results)
    {
        var own = results.Single(result => Words(result)[1] == Own).ResultStatistics?.Median;
        foreach (var result in results)
        {
            var (operation, variant) = (Words(result)[0], Words(result)[1]);
            if (result.ResultStatistics is not { } nanoseconds)
            {
                report.Fail(variant, $"BenchmarkDotNet has no result for {operation}: its check failed");
            }
            else if (variant == Own || report.Has(variant))
            {
                report.Row(group, Row(operation, variant, threads, nanoseconds.Median, nanoseconds.InterquartileRange)
                    with { Verified = group == Functions }, // they are checked before; a hand-over has no result
                    variant == Own ? double.NaN : nanoseconds.Median / own ?? double.NaN);
            }
        }
    }

    private static BenchRow Row(string operation, string variant, int threads, double nanoseconds, double range)
    {
        using var backend = new CpuBackend(1);
        return new BenchRow
        {
            Op = operation,
            Variant = variant,
            Backend = backend.Device.Id,
            Device = backend.Device.Name,
            Shape = new BenchShape(1),
            Sizes = threads > 1 ? "a job" : "a number",
            Threads = threads,
            MedianSeconds = nanoseconds / 1e9,
            Spread = range / nanoseconds,
            CompileSeconds = 0,
            CopySeconds = 0,
        };
    }

    private static string[] Words(BenchmarkReport result) =>
        result.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'').Split(' ');
}
