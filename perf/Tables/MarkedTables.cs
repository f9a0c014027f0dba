using System.Text.RegularExpressions;
using ScratchNet.Cli;

namespace ScratchNet.Perf;

/// <summary>Texts with tables between markers: <c>&lt;!-- perf:NAME --&gt;</c> and <c>&lt;!-- /perf --&gt;</c>.</summary>
internal static partial class MarkedTables
{
    /// <summary>Writes every marked table anew; those of which nothing was recorded stay as they are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="load">Gives the recording of a suite, or null.</param>
    /// <exception cref="FailureException">A marker names no known table, or is not closed; the message has its line.</exception>
    public static string Rewrite(string text, string name, Func<string, Recording?> load)
    {
        var found = Marker().Matches(text);
        var opened = Opening().Matches(text);
        if (opened.FirstOrDefault(open => found.All(match => match.Index != open.Index)) is { } stray)
        {
            throw new FailureException($"{name}, line {LineOf(text, stray)}: {stray.Value} is not closed by <!-- /perf -->");
        }

        return Marker().Replace(text, match =>
        {
            var wanted = match.Groups["name"].Value;
            var table = ReadmeTable.All.FirstOrDefault(table => table.Name == wanted)
                ?? throw new FailureException($"{name}, line {LineOf(text, match)}: no table is called '{wanted}': there are "
                    + string.Join(", ", ReadmeTable.All.Select(table => table.Name)));
            return load(table.Suite) is { } recording
                ? $"<!-- perf:{table.Name} -->\n{table.Text(recording)}<!-- /perf -->"
                : match.Value;
        });
    }

    /// <summary>Names and contents of the marked tables.</summary>
    public static IEnumerable<(string Name, string Content)> Find(string text) =>
        Marker().Matches(text).Select(match => (match.Groups["name"].Value, match.Groups["content"].Value));

    private static int LineOf(string text, Match match) => text.AsSpan(0, match.Index).Count('\n') + 1;

    [GeneratedRegex("<!-- perf:(?<name>[a-z0-9-]+) -->\n(?<content>((?!<!-- perf:).)*?)<!-- /perf -->", RegexOptions.Singleline)]
    private static partial Regex Marker();

    [GeneratedRegex("<!-- perf:[^ ]* -->")]
    private static partial Regex Opening();
}
