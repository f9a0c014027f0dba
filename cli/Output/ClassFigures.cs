using System.Globalization;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Cli.Output;

/// <summary>How well each class is recognised, in the two or three lines that a live view has room for.</summary>
internal static class ClassFigures
{
    private const int Gap = 2;
    private const int LongestName = 12;
    private static readonly string[] Titles = ["class", "right", "taken"];

    /// <summary>
    /// The share of each class that was recognised (recall) and the share of what was taken for it that is (precision), in
    /// percent; of classes that have no room beside each other, those that are recognised worst.
    /// </summary>
    /// <param name="confusion">What was taken for what.</param>
    /// <param name="classNames">Names of the classes.</param>
    /// <param name="width">Columns that a line may have.</param>
    public static IEnumerable<string> Lines(ConfusionMatrix confusion, IReadOnlyList<string> classNames, int width)
    {
        var scores = new ClassificationReport(confusion).Classes;
        var columns = Enumerable.Range(0, Math.Min(scores.Count, classNames.Count))
            .Select(c => Column(classNames[c], scores[c])).ToArray();
        var wide = Titles[0].Length + columns.Sum(column => column[0].Length) <= width;
        int[] order = [.. Enumerable.Range(0, columns.Length)];
        if (!wide)
        {
            order = [.. order.OrderBy(c => scores[c].Recall)];
        }

        var room = Titles[0].Length;
        var shown = order.TakeWhile(c => (room += columns[c][0].Length) <= width).ToArray();
        return Titles.Select((title, row) => title + string.Concat(shown.Select(c => columns[c][row])));
    }

    /// <summary>A class's name and figures, one under the other and of one width.</summary>
    private static string[] Column(string name, ClassScores scores)
    {
        var shown = Terminal.OneLine(name);
        string[] cells =
            [shown.Length <= LongestName ? shown : shown[..LongestName], Percent(scores.Recall), Percent(scores.Precision)];
        var width = cells.Max(cell => cell.Length) + Gap;
        return Array.ConvertAll(cells, cell => cell.PadLeft(width));
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
