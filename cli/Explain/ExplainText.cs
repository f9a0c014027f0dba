using ScratchNet.Cli.Output;

namespace ScratchNet.Cli.Explain;

/// <summary>The walk as text.</summary>
internal static class ExplainText
{
    private const int Width = 100;

    /// <summary>Prints every step.</summary>
    public static void Write(Explanation explanation, Subject subject, TextWriter output)
    {
        output.WriteLine($"one training step of {NetworkLines.Shape(subject.Network)}");
        subject.Notes.ForEach(note => WriteWrapped(output, Terminal.OneLine($"{note.About}: {note.Text}"), ""));
        for (var i = 0; i < explanation.Steps.Count; i++)
        {
            var step = explanation.Steps[i];
            output.WriteLine();
            output.WriteLine($"{i + 1}. {step.Title}");
            WriteWrapped(output, Terminal.OneLine(step.Words), "   ");
            foreach (var equation in step.Equations)
            {
                output.WriteLine($"     {equation}");
            }

            foreach (var line in step.Lines)
            {
                Write(output, line);
            }
        }
    }

    /// <summary>A number with what it is made of: in one line, or for a sum with a line a term below it.</summary>
    private static void Write(TextWriter output, Line line)
    {
        var numeric = line.Numeric switch
        {
            null => "",
            double.NaN => "   [numeric: at a corner]",
            { } value => $"   [numeric {Explanation.Show(value)}]",
        };
        var isSum = line.Terms.Count + line.RestCount > 1;
        var right = isSum ? "" : line.Terms.Count == 1 ? OneTerm(line) : line.Filled;
        output.WriteLine($"   {line.Name} = {(right.Length > 0 ? right + " = " : "")}{Explanation.Show(line.Value)}{numeric}");
        if (!isSum)
        {
            return;
        }

        const string Indent = "       ";
        var (names, products) = (line.Terms.Max(term => term.Name.Length), line.Terms.Max(term => Product(term).Length));
        foreach (var term in line.Terms)
        {
            var product = term.Factors.Length > 1 ? Product(term) : "";
            var what = $"{term.Name.PadRight(names)}  {product.PadRight(products)}";
            output.WriteLine($"{Indent}{what}  {Explanation.Show(term.Value),12}");
        }

        if (line.RestCount > 0)
        {
            var more = $"{line.RestCount} more";
            output.WriteLine($"{Indent}{more.PadRight(names + products + 2)}  {Explanation.Show(line.Rest),12}");
        }
    }

    private static string OneTerm(Line line) =>
        Product(line.Terms[0]) + (line.Terms[0].Name == line.Name ? "" : $" ({line.Terms[0].Name})");

    private static string Product(Term term) => string.Join("·", term.Factors.Select(Explanation.ShowFactor));

    private static void WriteWrapped(TextWriter output, string text, string indent)
    {
        foreach (var line in TextWrap.Lines(text, Width - indent.Length))
        {
            output.WriteLine(indent + line);
        }
    }
}
