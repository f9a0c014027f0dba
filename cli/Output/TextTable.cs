using System.Text;

namespace ScratchNet.Cli.Output;

/// <summary>A table in plain text: spaces between columns and no lines, so that it reads in a file as on a screen.</summary>
/// <param name="header">Titles; those that begin with a space stand over right-aligned columns.</param>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with one text a column, or with fewer: the last of these then stands across all that follow.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table in Markdown.</summary>
    public void WriteMarkdown(TextWriter output)
    {
        output.WriteLine($"| {string.Join(" | ", header.Select(title => title.TrimStart()))} |");
        output.WriteLine($"|{string.Join('|', header.Select(title => title.StartsWith(' ') ? "--:" : "---"))}|");
        foreach (var row in _rows)
        {
            var empty = string.Concat(Enumerable.Repeat(" |", header.Length - row.Length));
            output.WriteLine(
                $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |{empty}");
        }
    }

    /// <summary>Writes the table.</summary>
    public void Write(TextWriter output)
    {
        string[] titles = [.. header.Select(title => title.TrimStart())];
        int[] widths = [.. titles.Select((title, column) => _rows
            .Where(row => column < row.Length - 1 || row.Length == titles.Length)
            .Select(row => row[column].Length).Append(title.Length).Max())];
        foreach (var row in _rows.Prepend(titles))
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
            {
                var isRight = header[column].StartsWith(' ') && row.Length == titles.Length;
                line.Append(isRight ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column])).Append("  ");
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
