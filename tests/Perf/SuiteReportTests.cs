using System.Text.Json.Nodes;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using ScratchNet.Perf;
using ScratchNet.Tests.Bench;
using Xunit;

namespace ScratchNet.Tests.Perf;

/// <summary>What suites write: rows, summaries, who is missing, and what is kept.</summary>
public sealed class SuiteReportTests : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();
    private readonly TemporaryFolder _folder = new();

    private Terminal Terminal => Terminal.Redirected(_out, _error);

    private JsonObject[] Lines =>
        [.. _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    public void Dispose()
    {
        _folder.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void A_summary_has_the_geometric_mean_and_the_worst_of_a_group()
    {
        var report = new SuiteReport("suite", Terminal, isJson: true, [1]);
        report.Row("squares", Row("openblas", 32), 0.5);
        report.Row("squares", Row("openblas", 64), 8);
        report.Row("layers", Row("openblas", 64), 3);
        report.Row("layers", Row("simd", 64));
        Assert.Equal(ExitCode.Success, report.Finish());

        var summary = Lines.Single(line => (string?)line["event"] == "summary" && (string?)line["group"] == "squares");
        Assert.Equal(("suite", "openblas", 1), ((string)summary["suite"]!, (string)summary["peer"]!, (int)summary["threads"]!));
        Assert.Equal(2.0, (double)summary["geomean_ratio"]!, 12);
        Assert.Equal(0.5, (double)summary["min_ratio"]!);
        Assert.Equal(2, Lines.Count(line => line["event"] is not null));
    }

    [Fact]
    public void A_figure_above_the_peak_is_refused_and_fails_the_suite()
    {
        var report = new SuiteReport("suite", Terminal, isJson: true, [1]);
        Assert.False(report.Row("squares", Row("simd", 32) with { PercentOfPeak = 120 }, 9));
        Assert.Equal(ExitCode.Failure, report.Finish());
        Assert.Empty(Lines);
        Assert.Contains("120 % of the measured peak", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 80, "bandwidth")]
    [InlineData(1e9, 20, "fma")]
    public void A_row_has_its_floor_by_the_peak_that_binds_and_its_multiply_adds_by_theirs(
        double gbps, double percent, string limit)
    {
        // 2 GFLOP and 8 GB in a second; multiply-adds at 10 GFLOP/s at most, whatever else the device is said to do.
        var row = Row("simd", 32) with { MedianSeconds = 1, Gflops = 2 };
        var peaks = new KnownPeaks(10, new FakePeaks(1e9, gbps));
        var judged = row.JudgedBy(peaks, [(1_000_000_000, new Traffic(4_000_000_000))], repeats: 2);
        Assert.Equal(limit, judged.Limit);
        Assert.Equal(percent, judged.PercentOfPeak!.Value, 9);
        Assert.Equal(20, judged.PercentOfFma!.Value, 9);
        Assert.Equal(percent / 100, judged.FloorSeconds!.Value, 12);
    }

    [Fact]
    public void What_the_bench_has_judged_is_not_judged_again()
    {
        var report = new SuiteReport("suite", Terminal, isJson: true, [1]);
        Assert.True(report.Row("processor", Row("simd", 32) with { PercentOfPeak = 107 }, isJudged: true));
        Assert.Equal(ExitCode.Success, report.Finish());
        Assert.Single(Lines);
    }

    [Fact]
    public void A_remark_is_no_reason_for_an_absent_figure()
    {
        var report = new SuiteReport("suite", Terminal, isJson: true, [1]);
        report.Row("batch", Row("simd", 32), remark: "7.5 MB planned", extra: [("x", 32)]);
        var line = Assert.Single(Lines);
        Assert.Equal(("7.5 MB planned", 32), ((string?)line["remark"], (int?)line["x"]));
        Assert.Null(line["reason"]);
    }

    [Fact]
    public void A_peer_that_is_absent_is_left_out_with_its_reason()
    {
        var report = new SuiteReport("suite", Terminal, isJson: true, [1]);
        report.Choose([new Peer("here", () => null), new Peer("gone", () => "it is not installed")]);
        Assert.True(report.Has("here"));
        Assert.False(report.Has("gone"));
        var line = Assert.Single(Lines);
        Assert.Equal(
            ("skipped", "gone", "it is not installed"), ((string)line["event"]!, (string)line["peer"]!, (string)line["reason"]!));
    }

    [Fact]
    public void What_is_measured_again_replaces_what_was_recorded()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "perf", "results"));
        Record(1, 0.25);
        Record(2, 0.5);
        Record(1, 0.125);

        var recording = Recording.Load(_folder.Path, "suite")!;
        Assert.Equal([0.125, 0.5], recording.Rows.Select(row => (double)row["median_seconds"]!));
        Assert.Equal(Recording.ThisMachine(), recording.Machine);
    }

    [Fact]
    public void A_recording_of_another_machine_is_not_mixed_with_this_one()
    {
        Record(1, 0.25);
        var file = Path.Combine(_folder.Path, "perf", "results", "suite.jsonl");
        File.WriteAllText(file, File.ReadAllText(file).Replace(Recording.ThisMachine(), "an abacus", StringComparison.Ordinal));
        Record(2, 0.5);
        Assert.Single(Recording.Load(_folder.Path, "suite")!.Rows);
        Assert.Contains("an abacus", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_cores_are_no_other_machine_whose_recording_begins_anew()
    {
        Record(1, 0.25);
        var file = Path.Combine(_folder.Path, "perf", "results", "suite.jsonl");
        var cores = $"{Environment.ProcessorCount} cores of";
        File.WriteAllText(file, File.ReadAllText(file).Replace(cores, "1000 cores of", StringComparison.Ordinal));
        var refusal = Assert.Throws<UsageException>(() => Record(2, 0.5));
        Assert.Contains("1000 cores of", refusal.Message, StringComparison.Ordinal);
        Assert.Single(Recording.Load(_folder.Path, "suite")!.Rows);
    }

    [Fact]
    public void A_recording_stays_when_nothing_was_measured()
    {
        Record(1, 0.25);
        var file = Path.Combine(_folder.Path, "perf", "results", "suite.jsonl");
        var before = File.ReadAllText(file).Replace(Recording.ThisMachine(), "an abacus", StringComparison.Ordinal);
        File.WriteAllText(file, before);

        // What a peer is and which version is no figure.
        var report = Recorder();
        report.Version("openblas", "0.3");
        Assert.Equal(ExitCode.Success, report.Finish());
        Assert.Equal(before, File.ReadAllText(file));
        Assert.Contains("suite has measured nothing", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_recording_is_named_with_its_line()
    {
        Record(1, 0.25);
        var file = Path.Combine(_folder.Path, "perf", "results", "suite.jsonl");
        File.AppendAllText(file, "{\"op\":\n");
        var failure = Assert.Throws<FailureException>(() => Recording.Load(_folder.Path, "suite"));
        Assert.Contains("line 3", failure.Message, StringComparison.Ordinal);
    }

    private void Record(int size, double seconds)
    {
        var report = Recorder();
        report.Row("squares", Row("simd", size) with { MedianSeconds = seconds });
        report.Finish();
    }

    private SuiteReport Recorder() =>
        new("suite", Terminal, isJson: true, [1], Recording.ToContinue(_folder.Path, "suite", Terminal));

    private static BenchRow Row(string variant, int size) => new()
    {
        Op = "matmul",
        Variant = variant,
        Backend = "cpu",
        Device = "a processor",
        Shape = new BenchShape(size, size, size),
        Sizes = $"{size}",
        Threads = 1,
        MedianSeconds = 1,
        PercentOfPeak = 50,
    };
}
