using System.Globalization;
using ScratchNet.Cli.Output;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>How rows are written.</summary>
internal enum BenchFormat
{
    /// <summary>For people at a terminal.</summary>
    Table,

    /// <summary>For READMEs.</summary>
    Markdown,

    /// <summary>For spreadsheets.</summary>
    Csv,

    /// <summary>For programs, and for <c>--baseline</c>.</summary>
    Json,
}

/// <summary>Writes the rows of one size after another, as soon as they are measured.</summary>
internal sealed class BenchReport(Terminal terminal, BenchFormat format, Baseline? baseline)
{
    private bool _hasBegun;

    /// <summary>Everything written so far.</summary>
    public List<BenchRow> Rows { get; } = [];

    /// <summary>Whether people read it: only then is there text around the rows.</summary>
    public bool IsForPeople => format is BenchFormat.Table or BenchFormat.Markdown;

    /// <summary>Writes the rows of one size, all devices together.</summary>
    public void Write(IReadOnlyList<BenchRow> rows)
    {
        Rows.AddRange(rows);
        var best = rows.Min(row => row.MedianSeconds);
        ReportedRow[] reported =
            [.. rows.Select(row => new ReportedRow(row, 100 * best / row.MedianSeconds, baseline?.Compare(row)))];
        switch (format)
        {
            case BenchFormat.Json:
                Array.ForEach(reported, row => BenchColumns.WriteJson(terminal.Out, row));
                break;
            case BenchFormat.Csv:
                terminal.Out.Write(_hasBegun ? "" : BenchColumns.CsvHeader + "\n");
                Array.ForEach(reported, row => terminal.Out.WriteLine(BenchColumns.Csv(row)));
                break;
            default:
                WriteForPeople(rows[0], reported);
                break;
        }

        _hasBegun = true;
    }

    /// <summary>Writes a table in the chosen form.</summary>
    public void WriteTable(TextTable table)
    {
        if (format == BenchFormat.Markdown)
        {
            table.WriteMarkdown(terminal.Out);
        }
        else
        {
            table.Write(terminal.Out);
        }
    }

    private void WriteForPeople(BenchRow first, ReportedRow[] rows)
    {
        var detail = first.Shape.Detail;
        detail = first.Sizes.Contains(detail, StringComparison.OrdinalIgnoreCase) ? "" : $" ({detail})";
        var title = $"{first.Op}{detail}, {first.Sizes}";
        terminal.Out.WriteLine(format == BenchFormat.Markdown ? $"**{title}**\n" : terminal.Strong(title));
        var table = new TextTable(
            "variant", "device", " median", " spread", " GFLOP/s", " GB/s", " % of peak", "bound by", " % of best", " ulp",
            " compile", " copy", "");
        foreach (var row in rows)
        {
            table.Add(Cells(row));
        }

        WriteTable(table);
        terminal.Out.WriteLine();
    }

    private static string[] Cells(ReportedRow reported)
    {
        var row = reported.Row;
        return
        [
            row.Variant,
            row.Place,
            Time(row.MedianSeconds),
            Number(100 * row.Spread, "0.0") is { Length: > 0 } spread ? spread + "%" : "",
            Number(row.Gflops, "0.0"),
            Number(row.Gbps, "0.0"),
            Number(row.PercentOfPeak, "0.0"),
            row.Limit ?? "",
            Number(reported.PercentOfBest, "0.0"),
            Number(row.ErrorUlp, "0.0"),
            Time(row.CompileSeconds),
            Time(row.CopySeconds),
            Note(reported),
        ];
    }

    private static string Note(ReportedRow reported)
    {
        if (reported.Row.Reason is { } reason)
        {
            return Terminal.OneLine(reason);
        }

        var change = reported.Change is not { } known ? ""
            : known.TimesFaster is { } times ? $"{known.Word} ({Number(times, "0.00")}x)" : known.Word;
        return change + (reported.Row.IsChosen ? $"{(change.Length > 0 ? ", " : "")}training uses it" : "");
    }

    /// <summary>A time in the unit that suits it.</summary>
    internal static string Time(double? seconds) => seconds switch
    {
        null => "",
        0 => "0",
        < 1e-7 => Number(1e9 * seconds, "0.00") + " ns",
        < 1e-3 => Number(1e6 * seconds, "0.00") + " us",
        < 1 => Number(1e3 * seconds, "0.00") + " ms",
        _ => Number(seconds, "0.00") + " s",
    };

    private static string Number(double? value, string form) => value?.ToString(form, CultureInfo.InvariantCulture) ?? "";
}
