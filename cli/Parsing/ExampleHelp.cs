using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ScratchNet.Cli.Parsing;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">What a person types.</param>
/// <param name="description">What it does.</param>
/// <param name="examples">Pairs of a command line and what it does.</param>
internal sealed class ExampledCommand(string name, string description, params (string Line, string Meaning)[] examples)
    : Command(name, description)
{
    /// <summary>Command lines to copy.</summary>
    public IReadOnlyList<(string Line, string Meaning)> Examples { get; } = examples;
}

/// <summary>Help followed by examples, at a width that fits every terminal.</summary>
internal sealed class ExampleHelp : SynchronousCommandLineAction
{
    private const int Width = 100;

    private static readonly (string, string)[] RootExamples =
    [
        ("scratchnet train", "learn the bundled digits: no download, some seconds"),
        ("scratchnet train mnist --hidden 256,128", "learn MNIST with two hidden layers"),
        ("scratchnet evaluate runs/NAME", "how good a model is, class by class"),
        ("scratchnet predict runs/NAME digit.png", "which digit a picture shows"),
        ("scratchnet studio", "draw, train and play in the browser"),
    ];

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        new HelpAction { MaxWidth = Width }.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command is ExampledCommand command ? command.Examples : RootExamples;
        var output = parseResult.InvocationConfiguration.Output;
        var width = examples.Max(example => example.Item1.Length);
        output.WriteLine("Examples:");
        foreach (var (line, meaning) in examples)
        {
            output.WriteLine($"  {line.PadRight(width)}  {meaning}");
        }

        return ExitCode.Success;
    }
}

/// <summary>An option that makes the program say one thing and end.</summary>
internal sealed class Answer(Terminal terminal, string text) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        terminal.Out.WriteLine(text);
        return ExitCode.Success;
    }
}
