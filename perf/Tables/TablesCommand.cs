using System.CommandLine;
using ScratchNet.Cli;
using ScratchNet.Cli.Parsing;

namespace ScratchNet.Perf;

/// <summary>Writes the tables of the READMEs from what was recorded.</summary>
internal static class TablesCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var check = CommonOptions.Flag("--check", "write nothing; fail if a table is not what was recorded");
        const string About = "Writes the READMEs' tables from the results that suites recorded (--record).";
        var command = new Command("tables", About) { check };
        command.SetAction(parse => Run(Recording.Checkout(), parse.GetValue(check), terminal));
        return command;
    }

    private static int Run(string checkout, bool isCheck, Terminal terminal)
    {
        var isStale = false;
        foreach (var file in Readmes(checkout))
        {
            var text = File.ReadAllText(file).ReplaceLineEndings("\n");
            var name = Path.GetRelativePath(checkout, file);
            var fresh = MarkedTables.Rewrite(text, name, suite => Recording.Load(checkout, suite));
            if (text == fresh)
            {
                continue;
            }

            isStale = true;
            if (!isCheck)
            {
                File.WriteAllText(file, fresh);
            }

            terminal.Out.WriteLine($"{name}: {(isCheck ? "not what was recorded" : "written")}");
        }

        return isCheck && isStale ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>The README of the checkout and of each of its folders.</summary>
    internal static IEnumerable<string> Readmes(string checkout) => Directory.GetDirectories(checkout).Prepend(checkout)
        .Select(folder => Path.Combine(folder, "README.md")).Where(File.Exists).Order(StringComparer.Ordinal);
}
