using ScratchNet.Cli;
using ScratchNet.Perf;
using Xunit;

namespace ScratchNet.Tests.Perf;

/// <summary>Tables between markers, and the laws that one of them shows.</summary>
public class MarkedTablesTests
{
    [Fact]
    public void A_table_of_which_nothing_was_recorded_stays()
    {
        const string Text = "before\n<!-- perf:training -->\n| old |\n<!-- /perf -->\nafter\n";
        Assert.Equal(Text, MarkedTables.Rewrite(Text, "README.md", _ => null));
    }

    [Fact]
    public void Only_what_stands_between_the_markers_is_written()
    {
        const string Text = "before\n<!-- perf:scaling -->\nold\n<!-- /perf -->\nafter\n";
        var recording = new Recording("", "a machine", []);
        recording.Put(
            new() { ["event"] = "fit", ["group"] = "width", ["quantity"] = "seconds", ["exponent"] = 1.5, ["points"] = 3 },
            new DateTime(2026, 1, 2));
        Assert.Equal(
            "before\n<!-- perf:scaling -->\n| against | what grows | as the power | points |\n|---|---|---|--:|\n"
            + "| width | seconds | 1.50 | 3 |\n\nMeasured 2026-01-02 on a machine.\n<!-- /perf -->\nafter\n",
            MarkedTables.Rewrite(Text, "README.md", _ => recording));
    }

    [Theory]
    [InlineData("elementwise-in-cache", "| microseconds | ScratchNet | tensors |", "| relu | 1.00 | 2.00 (2.00x) |")]
    [InlineData("elementwise-out-of-cache",
        "| GB/s, % of the bandwidth | 1 thread | 2 threads |", "| relu | 30, 90 % | 40, 80 % |")]
    public void Threads_and_peers_are_not_mixed_up(string table, params string[] lines)
    {
        var recording = new Recording("", "a machine", []);
        Put("in cache", "simd", threads: 1, seconds: 1e-6, gbps: 1, percent: 50);
        Put("in cache", "tensors", threads: 1, seconds: 2e-6, gbps: 1, percent: 25, ratio: 2);
        Put("in cache", "simd", threads: 2, seconds: 9e-6, gbps: 1, percent: 5);
        Put("out of cache", "simd", threads: 1, seconds: 1, gbps: 30, percent: 90);
        Put("out of cache", "tensors", threads: 1, seconds: 1, gbps: 29, percent: 89, ratio: 1);
        Put("out of cache", "simd", threads: 2, seconds: 1, gbps: 40, percent: 80);

        var text = MarkedTables.Rewrite($"<!-- perf:{table} -->\n<!-- /perf -->", "README.md", _ => recording).Split('\n');
        Assert.Equal((lines[0], lines[1]), (text[1], text[3]));
        Assert.Equal("", text[4]);

        void Put(string group, string variant, int threads, double seconds, double gbps, double percent, double? ratio = null) =>
            recording.Put(
                new()
                {
                    ["group"] = group,
                    ["op"] = "relu",
                    ["variant"] = variant,
                    ["threads"] = threads,
                    ["median_seconds"] = seconds,
                    ["gbps"] = gbps,
                    ["percent_of_peak"] = percent,
                    ["ratio"] = ratio,
                },
                new DateTime(2026, 1, 2));
    }

    [Theory]
    [InlineData("remark")]
    [InlineData("reason")]
    public void How_well_a_method_does_is_read_from_new_and_from_old_recordings(string field)
    {
        var recording = new Recording("", "a machine", []);
        recording.Put(
            new() { ["op"] = "fit", ["variant"] = "svm", ["threads"] = 1, ["median_seconds"] = 1.0, [field] = "accuracy 90 %" },
            new DateTime(2026, 1, 2));
        var text = MarkedTables.Rewrite("<!-- perf:traditional -->\n<!-- /perf -->", "README.md", _ => recording);
        Assert.Contains("accuracy 90 % |", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n<!-- perf:speed -->\n<!-- /perf -->", "line 2: no table is called 'speed'")]
    [InlineData("<!-- perf:training -->\n", "line 1: <!-- perf:training --> is not closed")]
    [InlineData("<!-- perf:training -->\n<!-- perf:scaling -->\n<!-- /perf -->", "line 1: <!-- perf:training --> is not closed")]
    public void A_wrong_marker_is_named_with_its_line(string text, string message)
    {
        var failure = Assert.Throws<FailureException>(() => MarkedTables.Rewrite(text, "README.md", _ => null));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_power_law_is_found_exactly()
    {
        var law = PowerLaw.Fit([(1, 3), (2, 3 * Math.Pow(2, 1.7)), (8, 3 * Math.Pow(8, 1.7))]);
        Assert.Equal(1.7, law.Exponent, 12);
        Assert.Equal(0, law.StandardError!.Value, 6);
        Assert.Equal(3 * Math.Pow(5, 1.7), law.At(5), 9);
    }

    [Fact]
    public void Its_standard_error_is_that_of_a_regression()
    {
        // ln y = 0, 2, 1 at ln x = 0, 1, 2: slope 1/2, residuals -1/2, 1, -1/2; error sqrt(1.5 / 1 / 2).
        var law = PowerLaw.Fit([(1, 1), (Math.E, Math.Exp(2)), (Math.Exp(2), Math.E)]);
        Assert.Equal(0.5, law.Exponent, 12);
        Assert.Equal(Math.Sqrt(0.75), law.StandardError!.Value, 12);
        Assert.Null(PowerLaw.Fit([(1, 1), (2, 2)]).StandardError);
    }
}
