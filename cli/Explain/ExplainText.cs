using System.Globalization;
using ScratchNet.Cli.Output;

namespace ScratchNet.Cli.Explain;

/// <summary>The walk as text.</summary>
internal static class ExplainText
{
    /// <summary>Prints every step.</summary>
    public static void Write(Explanation explanation, Subject subject, TextWriter output)
    {
        output.WriteLine($"{NetworkLines.Shape(subject.Network)}: {Terminal.OneLine(subject.SampleName)}");
        subject.Notes.ForEach(note => output.WriteLine(Terminal.OneLine(note)));
        for (var i = 0; i < explanation.Steps.Count; i++)
        {
            var step = explanation.Steps[i];
            output.WriteLine();
            output.WriteLine($"{i + 1}. {step.Title}");
            output.WriteLine($"   {Terminal.OneLine(step.Words)}");
            foreach (var equation in step.Equations)
            {
                output.WriteLine($"     {equation}");
            }

            foreach (var line in step.Lines)
            {
                output.WriteLine($"   {Format(line)}");
            }
        }
    }

    /// <summary>A line as the terminal shows it: terms, their sum, and the numeric gradient beside it.</summary>
    public static string Format(Line line)
    {
        var terms = line.Terms.Select(term => term.Factors.Length == 1
            ? $"{Explanation.Show(term.Value)} ({term.Name})"
            : $"{string.Join("·", term.Factors.Select(Factor))} ({term.Name})").ToList();
        if (line.RestCount > 0)
        {
            terms.Add($"{Explanation.Show(line.Rest)} ({line.RestCount} more)");
        }

        var right = terms.Count > 0 ? string.Join(" + ", terms) : line.Filled;
        var numeric = line.Numeric switch
        {
            null => "",
            double.NaN => "   [numeric: at a corner]",
            { } value => $"   [numeric {Explanation.Show(value)}]",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{line.Name} = {right} = {Explanation.Show(line.Value)}{numeric}");
    }

    private static string Factor(double value) => value < 0 ? $"({Explanation.Show(value)})" : Explanation.Show(value);
}
