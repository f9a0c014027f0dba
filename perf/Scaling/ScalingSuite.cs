using System.CommandLine;
using System.Globalization;
using ScratchNet.Cli;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels.Bench;
using ScratchNet.Training.Data;

namespace ScratchNet.Perf;

/// <summary>How the cost of training grows with batch, width, depth, threads and data, fitted with power laws.</summary>
internal sealed class ScalingSuite(SuiteReport report, Dataset data, string? plots)
{
    private const string Name = "scaling";

    /// <summary>Narrow enough to tell 5 % apart, and a few seconds at most for a point.</summary>
    private static readonly TimingPlan Plan = new(LeastRounds: 5, MostRounds: 25, Noise: 0.03, Budget: TimeSpan.FromSeconds(1.5));

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        string[] known = [.. ScalingSweep.All.Select(sweep => sweep.Name)];
        var only = Suite.List("--only", "NAME,NAME", $"what to vary: {string.Join(", ", known)} [default: all]");
        var plot = CommonOptions.Path("--plot", "FOLDER", "draw each sweep as scaling-NAME.svg into a folder");
        const string About = "How time and memory grow with batch, width, depth, threads and data.";
        return Suite.Create(Name, About, terminal, [], [only, plot], hasThreads: false, parse =>
            {
                var some = Suite.ReadChoices(parse, only, known);
                // Made before anything is measured: afterwards it would be late to find that it cannot be.
                var plots = parse.GetValue(plot) is { } folder ? Directory.CreateDirectory(folder).FullName : null;
                return report =>
                {
                    var suite = new ScalingSuite(report, TrainingFiles.Synthetic(), plots);
                    foreach (var sweep in ScalingSweep.All.Where(sweep => some.Length == 0 || some.Contains(sweep.Name)))
                    {
                        suite.Measure(sweep);
                    }
                };
            });
    }

    private void Measure(ScalingSweep sweep)
    {
        // Memory first, one point after another: what is alive for the timing would count otherwise.
        long?[] resident = [.. sweep.Points.Select(Resident)];
        ScalingRun[] runs = [.. sweep.Points.Select(point => new ScalingRun(point, data))];
        try
        {
            var timings = Interleaved.Time(Plan, TimeProvider.System,
                [.. runs.Select((run, i) => new Contender($"{sweep.Points[i].X}", sweep.IsWholeEpoch ? run.Epoch : run.Step))],
                report.Cancel);
            for (var i = 0; i < runs.Length; i++)
            {
                Write(sweep, sweep.Points[i], runs[i], timings[i], resident[i]);
            }

            Fit(sweep, timings, [.. runs.Select(run => run.PlannedBytes)]);
        }
        finally
        {
            Array.ForEach(runs, run => run.Dispose());
        }
    }

    private long? Resident(ScalingPoint point)
    {
        report.Cancel.ThrowIfCancellationRequested();
        return ScalingRun.PeakResident(point, data);
    }

    private void Write(ScalingSweep sweep, ScalingPoint point, ScalingRun run, Timing timing, long? resident)
    {
        var network = point.Layers.Length > 6 ? $"784, {point.Layers.Length - 2} times 256, 10" : string.Join('-', point.Layers);
        var inMemory = resident is { } bytes ? FormattableString.Invariant($", {bytes / 1e6:F0} MB resident at most") : "";
        report.Row(sweep.Name, new BenchRow
        {
            Op = sweep.IsWholeEpoch ? "epoch" : "step",
            Variant = "simd",
            Backend = run.Backend.Device.Id,
            Device = run.Backend.Device.Name,
            Shape = new BenchShape(sweep.IsWholeEpoch ? point.Images : point.Batch, point.Layers[^1], point.Layers[0],
                Batch: point.Batch, Detail: network),
            Sizes = string.Create(CultureInfo.InvariantCulture, $"{sweep.Name} {point.X}"),
            Threads = point.Threads,
            MedianSeconds = timing.MedianSeconds,
            LowSeconds = timing.Interval.Low,
            HighSeconds = timing.Interval.High,
            Spread = timing.Spread,
            CompileSeconds = 0,
            CopySeconds = 0,
        },
            remark: FormattableString.Invariant($"{run.PlannedBytes / 1e6:F1} MB planned") + inMemory,
            extra: [("x", point.X), ("planned_bytes", run.PlannedBytes), ("resident_bytes", resident)]);
    }

    private void Fit(ScalingSweep sweep, Timing[] timings, long[] bytes)
    {
        if (sweep.Points.Count < 2)
        {
            report.Note($"{sweep.Name}: one point is no law");
            return;
        }

        (double X, double Y)[] time = [.. sweep.Points.Zip(timings, (point, timing) => (point.X, timing.MedianSeconds))];
        (double X, double Y)[] memory = [.. sweep.Points.Zip(bytes, (point, planned) => (point.X, (double)planned))];
        var (timeLaw, memoryLaw) = (PowerLaw.Fit(time), PowerLaw.Fit(memory));
        report.Fit(sweep.Name, $"seconds of {(sweep.IsWholeEpoch ? "an epoch" : "a step")}", timeLaw);
        report.Fit(sweep.Name, "bytes planned", memoryLaw);
        if (plots is not null)
        {
            var file = Path.Combine(plots, $"scaling-{sweep.Name}.svg");
            ScalingPlot.Write(file, sweep, (time, timeLaw), (memory, memoryLaw));
        }
    }
}
