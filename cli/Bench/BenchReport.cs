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

/// <summary>Writes rows, those that belong together at a time, as soon as they are known.</summary>
internal sealed class BenchReport(Terminal terminal, BenchFormat format, Baseline? baseline)
{
    private readonly HashSet<(string Title, string Reason)> _told = [];
    private bool _hasBegun;

    private bool IsForPeople => format is BenchFormat.Table or BenchFormat.Markdown;

    /// <summary>Everything measured so far.</summary>
    public List<BenchRow> Rows { get; } = [];

    /// <summary>Writes what was measured at one size, all devices together.</summary>
    public void Write(IReadOnlyList<BenchRow> rows)
    {
        Rows.AddRange(rows);
        var isStep = rows[0].Op == StepBench.Op;
        var reported = Reported(rows);
        if (IsForPeople && !isStep && rows[0].Shape.Batch is not null)
        {
            // What cannot run one product of a network cannot run the next one, mostly for the same reason.
            reported = [.. reported.Where(row => row.Row.Reason is not { } reason || _told.Add((row.Row.Title, reason)))];
        }

        if (reported.Length > 0)
        {
            Write(reported, BenchTables.Title(reported), isStep ? BenchTables.Steps : BenchTables.Rungs);
        }
    }

    /// <summary>
    /// Writes rows that follow from those measured: for programs like any other, for people in a table of its own.
    /// </summary>
    public void Write(IReadOnlyList<BenchRow> rows, string title, Func<IReadOnlyList<ReportedRow>, TextTable> table) =>
        Write(Reported(rows), title, table);

    /// <summary>Writes a result in words for people, and as a row for programs.</summary>
    public void Write(BenchRow row, string text)
    {
        if (!IsForPeople)
        {
            Write([new ReportedRow(row, null, null)], "", BenchTables.Rungs);
        }
        else
        {
            Note(text);
        }
    }

    /// <summary>A line for people, a paragraph in Markdown; nothing where programs read.</summary>
    public void Note(string text)
    {
        if (IsForPeople)
        {
            terminal.Out.WriteLine(Terminal.OneLine(text) + (format == BenchFormat.Markdown ? "\n" : ""));
        }
    }

    private ReportedRow[] Reported(IReadOnlyList<BenchRow> rows)
    {
        var best = rows.Min(row => row.MedianSeconds);
        return [.. rows.Select(row => new ReportedRow(row, 100 * best / row.MedianSeconds, baseline?.Compare(row)))];
    }

    private void Write(IReadOnlyList<ReportedRow> rows, string title, Func<IReadOnlyList<ReportedRow>, TextTable> table)
    {
        switch (format)
        {
            case BenchFormat.Json:
                rows.ToList().ForEach(row => BenchColumns.WriteJson(terminal.Out, row));
                break;
            case BenchFormat.Csv:
                terminal.Out.Write(_hasBegun ? "" : BenchColumns.CsvHeader + "\n");
                rows.ToList().ForEach(row => terminal.Out.WriteLine(BenchColumns.Csv(row)));
                break;
            case BenchFormat.Markdown:
                terminal.Out.WriteLine($"**{title}**\n");
                table(rows).WriteMarkdown(terminal.Out);
                terminal.Out.WriteLine();
                break;
            default:
                terminal.Out.WriteLine(terminal.Strong(title));
                table(rows).Write(terminal.Out);
                terminal.Out.WriteLine();
                break;
        }

        _hasBegun = true;
    }
}
