using System.Globalization;

namespace ScratchNet.Cli.Reports;

/// <summary>A CSV file of a run, by columns.</summary>
internal sealed class RunTable
{
    private readonly string _path;
    private readonly string[] _header;
    private readonly List<string[]> _rows = [];

    private RunTable(string path, string[] header) => (_path, _header) = (path, header);

    /// <summary>Number of rows below the header.</summary>
    public int Rows => _rows.Count;

    /// <summary>Reads a file. A last line that was cut, because the run was killed, is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">The columns that it must have.</param>
    /// <exception cref="FailureException">It is missing, or has other columns or a ragged row.</exception>
    public static RunTable Read(string path, string header)
    {
        if (!File.Exists(path))
        {
            throw new FailureException($"{path}: is missing, so there is nothing to report; "
                + "give the folder of a run, such as runs/NAME");
        }

        string[] lines = File.ReadAllText(path).Split('\n')[..^1];
        var table = new RunTable(path, header.Split(','));
        if (lines is not [var first, ..] || first != header)
        {
            throw new FailureException($"{path}, line 1: the columns are not those of a run's table, which begin with "
                + $"'{string.Join(',', table._header.Take(3))}'; the file is damaged or of another version");
        }

        for (var line = 1; line < lines.Length; line++)
        {
            var row = lines[line].Split(',');
            if (row.Length != table._header.Length)
            {
                throw new FailureException($"{path}, line {line + 1}: has {row.Length} columns instead of "
                    + $"{table._header.Length}; mend or delete the line");
            }

            table._rows.Add(row);
        }

        return table;
    }

    /// <summary>A column's texts.</summary>
    public IEnumerable<string> Texts(string column) => _rows.Select(row => row[Array.IndexOf(_header, column)]);

    /// <summary>A column's numbers; null where a field is empty.</summary>
    /// <exception cref="FailureException">A field is no number.</exception>
    public double?[] Numbers(string column)
    {
        var place = Array.IndexOf(_header, column);
        return [.. _rows.Select((row, index) => Number(row[place], index + 2, place))];
    }

    private double? Number(string text, int line, int column)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new FailureException($"{_path}, line {line}, column {column + 1} ({_header[column]}): '{text}' is not a "
                + "number; mend or delete the line");
    }
}
