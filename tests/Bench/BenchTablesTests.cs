using ScratchNet.Cli.Bench;
using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Bench;

/// <summary>What people read of the bench.</summary>
public class BenchTablesTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(4.567e-10, "0.46 ns")]
    [InlineData(9.9949e-7, "999 ns")]
    [InlineData(9.996e-7, "1.00 us")]
    [InlineData(4.4716e-5, "44.7 us")]
    [InlineData(0.1609, "161 ms")]
    [InlineData(8.231, "8.23 s")]
    [InlineData(1000, "16 min 40 s")]
    public void Times_have_three_digits_and_a_unit(double seconds, string text) => Assert.Equal(text, BenchTables.Time(seconds));

    [Fact]
    public void The_device_of_all_rows_stands_in_the_title()
    {
        ReportedRow[] rows = [Report(Row), Report(Row with { Variant = "reference" })];
        Assert.Equal("matmul, 8x8 · 8x8, on cpu x2", BenchTables.Title(rows));
        Assert.Equal("variant", FirstWords(rows)[0][0]);
        Assert.DoesNotContain("device", FirstWords(rows)[0]);
    }

    [Fact]
    public void Several_devices_are_a_column()
    {
        ReportedRow[] rows = [Report(Row), Report(Row with { Backend = "opencl:0", Threads = 0 })];
        Assert.Equal("matmul, 8x8 · 8x8", BenchTables.Title(rows));
        Assert.Equal("device", FirstWords(rows)[0][1]);
    }

    [Fact]
    public void A_rung_that_is_not_possible_has_its_reason_across_the_line()
    {
        ReportedRow[] rows = [Report(Row with { IsChosen = true }),
            Report(Row with { Variant = "tiled", MedianSeconds = null, Reason = "too large by far" })];
        Assert.Equal(["simd", "*"], FirstWords(rows)[1][..2]);
        Assert.Equal(["tiled", "too", "large", "by", "far"], FirstWords(rows)[2]);
    }

    [Fact]
    public void A_table_of_variants_fits_eighty_columns()
    {
        var row = Row with { Variant = "reference", Spread = 0.1, Gflops = 123.4, Gbps = 1, PercentOfPeak = 12.3, Limit = "fma",
            ErrorUlp = 99.9, CompileSeconds = 0.1234, CopySeconds = 0.000123 };
        using var text = new StringWriter();
        BenchTables.Rungs([Report(row)]).Write(text);
        Assert.All(text.ToString().Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void A_step_shows_floor_gap_and_launches()
    {
        ReportedRow[] rows = [Report(Row with { MedianSeconds = 3e-3, FloorSeconds = 1e-3, Launches = 12 })];
        using var text = new StringWriter();
        BenchTables.Steps(rows).Write(text);
        Assert.Contains("1.00 ms  2.00 ms", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" 12\n", text.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ranking_says_how_it_was_before_where_that_is_known()
    {
        static string Text(Change? change)
        {
            using var text = new StringWriter();
            BenchTables.Ranking([Report(Row) with { Change = change }]).Write(text);
            return text.ToString();
        }

        Assert.Contains("faster (2.00x)", Text(new Change("faster", 2)), StringComparison.Ordinal);
        Assert.DoesNotContain("before", Text(null), StringComparison.Ordinal);
    }

    private static BenchRow Row => BaselineTests.Row(1e-3);

    private static ReportedRow Report(BenchRow row) => new(row, 100, null);

    private static string[][] FirstWords(ReportedRow[] rows)
    {
        using var text = new StringWriter();
        BenchTables.Rungs(rows).Write(text);
        return [.. text.ToString().Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }
}
