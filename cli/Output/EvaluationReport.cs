using System.Globalization;
using System.Text.Json;
using ScratchNet.Training;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Cli.Output;

/// <summary>How good a model is, for people and for programs.</summary>
/// <param name="result">What was measured.</param>
/// <param name="classNames">Names of the classes.</param>
internal sealed class EvaluationReport(EvaluationResult result, IReadOnlyList<string> classNames)
{
    private const int Columns = 80;
    private const int LongestName = 12;
    private const int ShownConfusions = 12;

    private readonly ClassificationReport _report = new(result.Confusion);

    /// <summary>Writes accuracy and loss as one line.</summary>
    public void WriteHeadline(Terminal terminal)
    {
        var (low, high) = _report.AccuracyInterval;
        terminal.Out.WriteLine($"test accuracy {terminal.Strong(Figures.Percent(_report.Accuracy))} "
            + $"(95% interval {Figures.Percent(low)} to {Figures.Percent(high)}), loss {Figures.Loss(result.Loss)}, "
            + $"{Figures.Count(result.Confusion.Total)} pictures");
    }

    /// <summary>Writes precision, recall and F1 of each class.</summary>
    public void WriteClasses(Terminal terminal)
    {
        var table = new TextTable("class", " precision", " recall", " F1", " pictures");
        for (var c = 0; c < classNames.Count; c++)
        {
            var scores = _report.Classes[c];
            table.Add(Name(c), Figures.Percent(scores.Precision), Figures.Percent(scores.Recall), Figures.Percent(scores.F1),
                Figures.Count(scores.Support));
        }

        table.Add("mean", Figures.Percent(_report.MacroPrecision), Figures.Percent(_report.MacroRecall),
            Figures.Percent(_report.MacroF1), Figures.Count(result.Confusion.Total));
        table.Write(terminal.Out);
    }

    /// <summary>Writes the confusion matrix; of one too wide for a screen, the commonest confusions.</summary>
    public void WriteConfusion(Terminal terminal)
    {
        var matrix = result.Confusion;
        var cell = Math.Max(Figures.Count(matrix.Total).Length, 3) + 1;
        var names = Enumerable.Range(0, matrix.Classes).Select(Name).Max(name => name.Length);
        if (names + (cell * matrix.Classes) > Columns)
        {
            WriteCommonest(terminal);
            return;
        }

        terminal.Out.WriteLine("confusion matrix (rows: what it is, columns: what it was taken for)");
        var header = Enumerable.Range(0, matrix.Classes).Select(c => ColumnName(c, cell - 1).PadLeft(cell));
        terminal.Out.WriteLine(new string(' ', names) + string.Concat(header));
        for (var actual = 0; actual < matrix.Classes; actual++)
        {
            var cells = Enumerable.Range(0, matrix.Classes).Select(predicted => Cell(terminal, actual, predicted, cell));
            terminal.Out.WriteLine(Name(actual).PadRight(names) + string.Concat(cells));
        }
    }

    /// <summary>Adds everything to a JSON object.</summary>
    public void Describe(Utf8JsonWriter json)
    {
        json.WriteFinite("loss", result.Loss);
        json.WriteNumber("accuracy", _report.Accuracy);
        json.WriteStartArray("accuracy_interval");
        json.WriteNumberValue(_report.AccuracyInterval.Low);
        json.WriteNumberValue(_report.AccuracyInterval.High);
        json.WriteEndArray();
        json.WriteStartArray("classes");
        for (var c = 0; c < classNames.Count; c++)
        {
            json.WriteStartObject();
            json.WriteString("class", classNames[c]);
            json.WriteNumber("precision", _report.Classes[c].Precision);
            json.WriteNumber("recall", _report.Classes[c].Recall);
            json.WriteNumber("f1", _report.Classes[c].F1);
            json.WriteNumber("images", _report.Classes[c].Support);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("confusion");
        for (var actual = 0; actual < result.Confusion.Classes; actual++)
        {
            json.WriteStartArray();
            for (var predicted = 0; predicted < result.Confusion.Classes; predicted++)
            {
                json.WriteNumberValue(result.Confusion[actual, predicted]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void WriteCommonest(Terminal terminal)
    {
        var matrix = result.Confusion;
        var confusions =
            from actual in Enumerable.Range(0, matrix.Classes)
            from predicted in Enumerable.Range(0, matrix.Classes)
            where actual != predicted && matrix[actual, predicted] > 0
            orderby matrix[actual, predicted] descending
            select (actual, predicted);
        terminal.Out.WriteLine($"commonest confusions (the matrix of {matrix.Classes} classes is too wide; --json has it)");
        foreach (var (actual, predicted) in confusions.Take(ShownConfusions))
        {
            terminal.Out.WriteLine($"{Figures.Count(matrix[actual, predicted]),6}  {Name(actual)} taken for {Name(predicted)}");
        }
    }

    private string Cell(Terminal terminal, int actual, int predicted, int width)
    {
        var count = result.Confusion[actual, predicted];
        var text = (count == 0 ? "." : Figures.Count(count)).PadLeft(width);
        return actual == predicted ? terminal.Good(text) : count > 0 ? terminal.Bad(text) : text;
    }

    private string Name(int c)
    {
        var name = Terminal.OneLine(classNames[c]);
        return name.Length <= LongestName ? name : name[..LongestName];
    }

    // A column is only as wide as its counts: names that don't fit give way to the class's number, in the order of the rows.
    private string ColumnName(int c, int width) =>
        classNames.Max(name => name.Length) <= width ? Name(c) : c.ToString(CultureInfo.InvariantCulture);
}
