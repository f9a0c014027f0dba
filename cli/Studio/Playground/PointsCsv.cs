using System.Globalization;
using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>Reads points from CSV: x, y and a class a line, with or without a line of names first.</summary>
internal static class PointsCsv
{
    /// <summary>Reads points and moves them into the square from -1 to 1, the same scale for both directions.</summary>
    /// <exception cref="RequestException">The text is no such file; the message names line and column.</exception>
    public static IReadOnlyList<LabelledPoint> Read(string text)
    {
        var rows = new List<(double X, double Y, string Class)>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',', ';', '\t');
            var isEmpty = lines[i].Trim().Length == 0;
            var isHeader = i == 0 && cells.Length == 3 && !IsNumber(cells[0]) && !IsNumber(cells[1]);
            if (!isEmpty && !isHeader)
            {
                rows.Add(ReadRow(cells, i + 1));
            }
        }

        if (rows.Count > Points.Most)
        {
            throw RequestException.Malformed($"the file has {rows.Count} points, but at most {Points.Most} are taken");
        }

        return Fit(rows);
    }

    private static (double X, double Y, string Class) ReadRow(string[] cells, int line) => cells.Length == 3
        ? (ReadNumber(cells[0], line, 1), ReadNumber(cells[1], line, 2), cells[2].Trim().Trim('"'))
        : throw RequestException.Malformed($"line {line}: {cells.Length} columns, expected 3: x, y, class");

    private static double ReadNumber(string text, int line, int column) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw RequestException.Malformed(
                $"line {line}, column {column}: '{Terminal.OneLine(text.Trim())}' is no finite number");

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static LabelledPoint[] Fit(List<(double X, double Y, string Class)> rows)
    {
        if (rows.Count == 0)
        {
            throw RequestException.Malformed("the file holds no points; each line must be: x, y, class");
        }

        string[] classes = [.. rows.Select(row => row.Class).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length > Points.MostClasses)
        {
            throw RequestException.Malformed(
                $"the file has {classes.Length} classes, but at most {Points.MostClasses} are taken");
        }

        var (left, right) = (rows.Min(row => row.X), rows.Max(row => row.X));
        var (low, high) = (rows.Min(row => row.Y), rows.Max(row => row.Y));
        var half = Math.Max(right - left, high - low) / 2;
        var scale = half > 0 ? 0.9 / half : 1;
        return [.. rows.Select(row => new LabelledPoint(
            scale * (row.X - ((left + right) / 2)), scale * (row.Y - ((low + high) / 2)), Array.IndexOf(classes, row.Class)))];
    }
}
