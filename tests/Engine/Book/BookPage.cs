using System.Text.RegularExpressions;

namespace ScratchNet.Tests.Engine.Book;

/// <summary>A box of the page.</summary>
/// <param name="Kind">csharp, console or text.</param>
/// <param name="Tag">The word after the kind: what a text is about.</param>
/// <param name="Source">The file of code that was linked to last, relative to the page.</param>
/// <param name="Lines">What stands in it.</param>
internal sealed record Box(string Kind, string Tag, string Source, string[] Lines);

/// <summary>engine/README.md, taken apart.</summary>
internal static partial class BookPage
{
    /// <summary>The folder that its links start from.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "engine");

    /// <summary>Its text.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(Folder, "README.md")).ReplaceLineEndings("\n");

    /// <summary>Its boxes, first to last.</summary>
    public static IReadOnlyList<Box> Boxes { get; } = [.. ReadBoxes()];

    /// <summary>The boxes of a kind, and of a tag where one is given.</summary>
    public static Box[] Of(string kind, string? tag = null) =>
        [.. Boxes.Where(box => box.Kind == kind && (tag is null || box.Tag == tag))];

    /// <summary>What its links lead to, addresses on the web and places within the page left out.</summary>
    public static IReadOnlyList<string> Links { get; } =
        [.. Link().Matches(Text).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal))];

    /// <summary>Commands that stand within sentences.</summary>
    public static IReadOnlyList<string> CommandsInSentences { get; } =
        [.. InlineCommand().Matches(Text).Select(match => match.Groups[1].Value)];

    private static IEnumerable<Box> ReadBoxes()
    {
        var source = "";
        string[] info = [];
        List<string>? inside = null;
        foreach (var line in Text.Split('\n'))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                source = inside is null && SourceLink().Match(line) is { Success: true } match ? match.Groups[1].Value : source;
                inside?.Add(line);
            }
            else if (inside is null)
            {
                (info, inside) = (line[3..].Split(' '), []);
            }
            else
            {
                yield return new Box(info[0], info.ElementAtOrDefault(1) ?? "", source, [.. inside]);
                inside = null;
            }
        }
    }

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(([^)#]+\.cs)\)", RegexOptions.RightToLeft)]
    private static partial Regex SourceLink();

    [GeneratedRegex("`scratchnet ([^`]+)`")]
    private static partial Regex InlineCommand();
}
