using System.Globalization;
using ScratchNet.Cli.Output;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>Rows as people read them: figures with three digits, each with its unit, and nothing said twice.</summary>
internal static class BenchTables
{
    /// <summary>What marks the variant that training uses.</summary>
    private const string Chosen = " *";

    /// <summary>Explains a table of variants.</summary>
    public const string RungLegend =
        "Marked *: what training uses. Of peak: the least time that the measured peak allows, over the time. "
        + "Ulp: the largest error.";

    /// <summary>Explains a table of training steps.</summary>
    public const string StepLegend =
        "Floor: the least time that the peaks allow for the products and Adam. Gap: the rest. Of fma: of the multiply-add peak.";

    /// <summary>Operation, size and, where it is the same for all rows, the device.</summary>
    public static string Title(IReadOnlyList<ReportedRow> rows)
    {
        var first = rows[0].Row;
        var detail = first.Shape.Detail;
        detail = first.Sizes.Contains(detail, StringComparison.OrdinalIgnoreCase) ? "" : $" ({detail})";
        return $"{first.Op}{detail}, {first.Sizes}{(HasOnePlace(rows) ? $", on {first.Place}" : "")}";
    }

    /// <summary>The variants of one operation at one size.</summary>
    public static TextTable Rungs(IReadOnlyList<ReportedRow> rows) => Table(rows,
    [
        new("variant", row => Name(row.Row)),
        new("device", row => row.Row.Place, HasOnePlace(rows)),
        new(" time", row => Time(row.Row.MedianSeconds)),
        new(" spread", row => Percent(100 * row.Row.Spread)),
        new(" speed", row => Speed(row.Row)),
        new(" of peak", row => row.Row.PercentOfPeak is null ? "" : $"{Percent(row.Row.PercentOfPeak)} {Limit(row.Row)}"),
        new(" of best", row => Percent(row.PercentOfBest)),
        new(" ulp", row => Digits(row.Row.ErrorUlp)),
        new(" compile", row => Time(row.Row.CompileSeconds)),
        new(" copy", row => Time(row.Row.CopySeconds)),
        new(" than before", Change, rows.All(row => row.Change is null)),
    ]);

    /// <summary>Training steps of one network at one batch size.</summary>
    public static TextTable Steps(IReadOnlyList<ReportedRow> rows) => Table(rows,
    [
        new("device", row => row.Row.Place),
        new(" a step", row => Time(row.Row.MedianSeconds)),
        new(" spread", row => Percent(100 * row.Row.Spread)),
        new(" floor", row => Time(row.Row.FloorSeconds)),
        new(" gap", row => Time(row.Row.MedianSeconds - row.Row.FloorSeconds)),
        new(" floor/step", row => Percent(row.Row.PercentOfPeak)),
        new(" GFLOP/s", row => Digits(row.Row.Gflops)),
        new(" of fma", row => Percent(row.Row.PercentOfFma)),
        new(" launches", row => Convert.ToString(row.Row.Launches, CultureInfo.InvariantCulture) ?? "",
            rows.All(row => row.Row.Launches is null)),
        new(" ulp", row => Digits(row.Row.ErrorUlp)),
        new(" compile", row => Time(row.Row.CompileSeconds)),
        new(" copy", row => Time(row.Row.CopySeconds)),
        new(" than before", Change, rows.All(row => row.Change is null)),
    ]);

    /// <summary>Variants by their time over an epoch of a network.</summary>
    public static TextTable Ranking(IReadOnlyList<ReportedRow> rows) => Table(rows,
    [
        new("variant", row => Name(row.Row)),
        new("device", row => row.Row.Place),
        new(" an epoch", row => Time(row.Row.MedianSeconds)),
        new($" saves against {rows[^1].Row.Variant}", row => Time(row.Row.SavesSeconds)),
        new(" than before", Change, rows.All(row => row.Change is null)),
    ]);

    /// <summary>A time with three digits, in the unit that suits it.</summary>
    public static string Time(double? seconds) => seconds switch
    {
        null => "",
        0 => "0",
        < 0.9995e-6 => Digits(1e9 * seconds) + " ns",
        < 0.9995e-3 => Digits(1e6 * seconds) + " us",
        < 0.9995 => Digits(1e3 * seconds) + " ms",
        < 999.5 => Digits(seconds) + " s",
        _ => Figures.Duration(seconds.Value),
    };

    /// <summary>Three digits; zeros before them, where a number is that small.</summary>
    public static string Digits(double? value) => value?.ToString(
        Math.Abs(value.Value) switch
        {
            >= 99.95 => "0",
            >= 9.995 => "0.0",
            >= 0.0995 => "0.00",
            0 => "0",
            _ => "0.000",
        }, CultureInfo.InvariantCulture) ?? "";

    /// <summary>A row without a figure has its names and, across the rest, the reason.</summary>
    private static TextTable Table(IReadOnlyList<ReportedRow> rows, IEnumerable<Column> all)
    {
        Column[] columns = [.. all.Where(column => !column.IsHidden)];
        var table = new TextTable([.. columns.Select(column => column.Title)]);
        foreach (var row in rows)
        {
            table.Add(row.Row.Reason is { } reason
                ? [.. columns.TakeWhile(column => !column.Title.StartsWith(' ')).Select(column => column.Text(row)),
                    Terminal.OneLine(reason)]
                : [.. columns.Select(column => column.Text(row))]);
        }

        return table;
    }

    private static bool HasOnePlace(IReadOnlyList<ReportedRow> rows) => rows.All(row => row.Row.Place == rows[0].Row.Place);

    private static string Name(BenchRow row) => row.Variant + (row.IsChosen ? Chosen : "");

    private static string Limit(BenchRow row) => row.Limit == "bandwidth" ? "mem" : row.Limit ?? "";

    /// <summary>In the unit of what binds; where no peak is known, of what the operation does more of.</summary>
    private static string Speed(BenchRow row)
    {
        const double Balance = 4;
        var isMemory = row.Limit is { } limit ? limit == "bandwidth" : row.Gflops < Balance * row.Gbps;
        return row.Gflops is null ? "" : isMemory ? $"{Digits(row.Gbps)} GB/s" : $"{Digits(row.Gflops)} GFLOP/s";
    }

    private static string Percent(double? value) => value is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $"{value.Value.ToString(Math.Abs(value.Value) < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture)}%");

    private static string Change(ReportedRow reported) => reported.Change is not { } change ? ""
        : change.TimesFaster is { } times ? $"{change.Word} ({times.ToString("0.00", CultureInfo.InvariantCulture)}x)"
        : change.Word;

    /// <summary>A column.</summary>
    /// <param name="Title">Its title; one that begins with a space stands over figures.</param>
    /// <param name="Text">What a row has there.</param>
    /// <param name="IsHidden">Whether it would say nothing.</param>
    private sealed record Column(string Title, Func<ReportedRow, string> Text, bool IsHidden = false);
}
