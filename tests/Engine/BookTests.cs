using System.Globalization;
using System.Text.RegularExpressions;
using ScratchNet.Cli;
using ScratchNet.Cli.Checks;
using ScratchNet.Cli.Commands;
using ScratchNet.Cli.Parsing;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Cli;
using ScratchNet.Tests.Engine.Book;
using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>
/// Keeps engine/README.md true: its code stands in the files that it links to, its commands print what it shows, and its
/// numbers are the engine's. Whoever changes one of those and fails here changes the page as well.
/// </summary>
public partial class BookTests
{
    private const string Omission = "// …";
    private const string Prompt = "$ scratchnet ";

    // Figures are printed with six digits; the last may differ from machine to machine.
    private const double PrintedDigits = 2e-5;

    [Fact]
    public void Every_line_of_code_stands_in_the_file_that_it_is_linked_to()
    {
        var boxes = BookPage.Of("csharp");
        Assert.True(boxes.Length > 15);
        foreach (var box in boxes)
        {
            var source = Squeeze(File.ReadAllText(Path.Combine(BookPage.Folder, box.Source)));
            var place = 0;
            foreach (var part in string.Join('\n', box.Lines).Split(Omission))
            {
                place = source.IndexOf(Squeeze(part), place, StringComparison.Ordinal);
                Assert.True(place >= 0,
                    $"{box.Source} no longer says what engine/README.md quotes, or in another order:\n{part.Trim()}");
            }
        }
    }

    [Fact]
    public void Every_command_prints_what_is_shown_of_it()
    {
        var outputs = new Dictionary<string, CliResult>();
        var first = BookPage.Of("console")[0].Lines[0][Prompt.Length..];
        foreach (var box in BookPage.Of("console"))
        {
            var hasCommand = box.Lines[0].StartsWith(Prompt, StringComparison.Ordinal);
            var command = hasCommand ? box.Lines[0][Prompt.Length..] : first;
            if (!outputs.TryGetValue(command, out var result))
            {
                outputs[command] = result = CliProcess.Run(Repository.Root, command.Split(' '));
            }

            var finds = box.Lines.Any(line => line.StartsWith("FAIL", StringComparison.Ordinal));
            Assert.Equal((finds ? 1 : 0, ""), (result.ExitCode, result.Error));
            AssertShows(result.Out.Split('\n'), hasCommand ? box.Lines[1..] : box.Lines, command);
        }

        Assert.True(outputs.Count >= 5);
    }

    [Fact]
    public void Every_command_within_a_sentence_parses()
    {
        Assert.True(BookPage.CommandsInSentences.Count > 4);
        foreach (var command in BookPage.CommandsInSentences)
        {
            var args = TrainCommand.CompleteAugment(command.Split(' '));
            UsageCheck.Throw(CommandLine.Tree(Terminal.Redirected(TextWriter.Null, TextWriter.Null)).Parse(args));
        }
    }

    [Theory]
    [InlineData("brightens", 9)]
    [InlineData("both", 5)]
    [InlineData("nudged", 6)]
    [InlineData("sgd", 1)]
    [InlineData("uncorrected", 4)]
    public void Numbers_worked_out_by_hand_are_the_engines(string tag, int count)
    {
        var numbers = BookNumbers.Of(tag);
        string[] lines = [.. BookPage.Of("text", tag).SelectMany(box => box.Lines)];
        Assert.Equal(count, lines.Length);
        foreach (var line in lines)
        {
            var parts = line.Split(" = ", StringSplitOptions.TrimEntries);
            var stated = double.Parse(parts[^1], CultureInfo.InvariantCulture);
            var unit = Math.Pow(10, -(parts[^1].Length - 1 - parts[^1].IndexOf('.', StringComparison.Ordinal)));
            Assert.True(Math.Abs(numbers[parts[0]] - stated) <= 0.51 * unit, $"{line}: the engine says {numbers[parts[0]]:G9}");
            foreach (var expression in parts[1..^1])
            {
                // Its operands are rounded, so its last digit may be one or two off.
                var value = Arithmetic.Evaluate(expression);
                Assert.True(Math.Abs(value - stated) <= 2 * unit, $"{line}: that is {value:G9}");
            }
        }
    }

    [Fact]
    public void The_example_is_the_network_and_the_pictures_of_the_text()
    {
        using var backend = new CpuBackend(1);
        using var model = BookNumbers.Load(backend);
        var stated = Assert.Single(BookPage.Of("text", "model")).Lines
            .Select(line => line.Split(" = ", StringSplitOptions.TrimEntries))
            .ToDictionary(parts => parts[0], parts => Number().Matches(parts[1]).Select(Parse).ToArray());
        Assert.Equal(model.Network.Parameters.Count, stated.Count);
        Assert.All(model.Network.Parameters,
            parameter => Assert.Equal(stated[parameter.Name], parameter.Values.ToArray().Select(Shortest)));
        Assert.Equal(["darkens", "stays", "brightens"], model.ClassNames);
        Assert.Equal([0.4, 0.8], BookNumbers.Picture(model, "brightens").X.Select(Shortest));
        Assert.Equal([0.8, 0.2], BookNumbers.Picture(model, "darkens").X.Select(Shortest));

        using var dropped = TrainedModel.Load(backend, Path.Combine(BookPage.Folder, "Example", "dropout.safetensors"));
        Assert.Equal(stated.Values, dropped.Network.Parameters.Select(
            parameter => parameter.Values.ToArray().Select(Shortest).ToArray()));

        model.Network.Plan(2);
        Assert.Equal(Assert.Single(BookPage.Of("text", "summary")).Lines, model.Network.Summary().Split('\n'));
        var file = File.ReadAllText(Path.Combine(BookPage.Folder, "Example", "model.safetensors"));
        Assert.All(Assert.Single(BookPage.Of("text", "header")).Lines,
            line => Assert.Contains(line, file, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_box_is_of_a_kind_that_is_checked()
    {
        string[] texts = ["model", "brightens", "both", "nudged", "sgd", "uncorrected", "summary", "header", "picture"];
        Assert.Equal(["console", "csharp", "text"], BookPage.Boxes.Select(box => box.Kind).Distinct().Order());
        Assert.Equal(texts.Order(), BookPage.Of("text").Select(box => box.Tag).Distinct().Order());
    }

    [Fact]
    public void Every_link_leads_somewhere_and_every_fault_has_its_row()
    {
        Assert.All(BookPage.Links, link => Assert.True(Path.Exists(Path.Combine(BookPage.Folder, link)), link));
        Assert.All(Lessons.All, lesson => Assert.Contains($"\n| {lesson.Name} |", BookPage.Text, StringComparison.Ordinal));
    }

    private static void AssertShows(string[] printed, string[] shown, string command)
    {
        var next = 0;
        foreach (var line in shown)
        {
            next = Array.FindIndex(printed, next, candidate => IsSame(line.Trim(), candidate.Trim())) + 1;
            Assert.True(next > 0,
                $"engine/README.md shows this, but 'scratchnet {command}' prints no such line, or not there:\n{line}");
        }
    }

    /// <summary>Whether two lines are the same but for the last digit of their numbers.</summary>
    private static bool IsSame(string a, string b) => Number().Replace(a, "#") == Number().Replace(b, "#")
        && Number().Matches(a).Zip(Number().Matches(b)).All(pair =>
            Math.Abs(Parse(pair.First) - Parse(pair.Second)) <= PrintedDigits * Math.Abs(Parse(pair.First)));

    private static double Parse(Match match) => double.Parse(match.Value, CultureInfo.InvariantCulture);

    /// <summary>A float as people write it, 0.4 for 0.4f.</summary>
    private static double Shortest(float value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Squeeze(string text) => Space().Replace(text, "");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();
}
