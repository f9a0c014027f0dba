using System.CommandLine;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Reports;
using ScratchNet.Cli.Runs;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet report</c>: the page about a run, or about several of them.</summary>
internal static class ReportCommand
{
    private const string ComparisonName = "comparison.html";

    public static Command Create(Terminal terminal)
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "a run's folder, or a folder of several",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = CommonOptions.Path("--output", "FILE",
            $"the page [default: report.html in the run's folder; for several, {ComparisonName} here]");
        var json = CommonOptions.Json();
        var command = new ExampledCommand("report", "Writes a page about a run, or one that compares several.",
            ("scratchnet report runs/NAME", "its curves, mistakes, weights and settings: report.html"),
            ("scratchnet report runs/A runs/B", $"both in one page: {ComparisonName}"),
            ("scratchnet report runs --output all.html", "every run in the folder"))
        {
            runs, output, json,
        };
        command.SetAction(parse => Run(parse.GetValue(runs)!, parse.GetValue(output), parse.GetValue(json), terminal));
        return command;
    }

    private static int Run(string[] paths, string? output, bool asJson, Terminal terminal)
    {
        string[] folders = [.. paths.SelectMany(Expand)];
        var runs = folders.Select(folder => RunData.Read(folder, terminal.Warn)).ToList();
        var page = output ?? (runs.Count == 1 ? new RunFolder(folders[0]).Report : ComparisonName);
        Report.Write(runs, page);
        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "report");
                json.WriteString("page", page);
                json.WriteNumber("runs", runs.Count);
            });
            return ExitCode.Success;
        }

        terminal.Out.WriteLine(Terminal.OneLine(page));
        return ExitCode.Success;
    }

    /// <summary>A folder that is no run but holds some stands for those.</summary>
    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path) || IsRun(path))
        {
            return [path];
        }

        string[] inside = [.. Directory.GetDirectories(path).Where(IsRun).Order(StringComparer.Ordinal)];
        return inside.Length > 0 ? inside : [path];
    }

    private static bool IsRun(string path) => File.Exists(new RunFolder(path).Config);
}
