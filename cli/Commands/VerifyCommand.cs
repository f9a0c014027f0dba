using System.CommandLine;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Verify;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet verify</c>: shows on this machine that killed runs go on to the same bits.</summary>
internal static class VerifyCommand
{
    private const int MostKills = 100;
    private const string Usual = "1,2,3";

    public static Command Create(Terminal terminal)
    {
        var threads = CommonOptions.Text("--threads", "N,N,...", $"numbers of threads to try [default: {Usual}]");
        var kills = CommonOptions.Text("--kills", "N", "how often to kill each run, at random steps [default: 3]");
        var json = CommonOptions.Json();
        var command = new ExampledCommand("verify",
            "Trains in processes that are killed at random steps and resumed, and compares the weights with those of runs left "
            + "alone.",
            ("scratchnet verify", "some seconds; exit code 1 when a single bit differs"),
            ("scratchnet verify --threads 2 --kills 20", "one number of threads, many kills"))
        {
            threads, kills, json,
        };
        command.SetAction(parse =>
        {
            var counts = Values.Wholes(threads.Name, parse.GetValue(threads) ?? Usual, 1, CommonOptions.MaxThreads);
            var times = parse.GetValue(kills) is { } text ? Values.Whole(kills.Name, text, 1, MostKills) : 3;
            return Run(counts, times, parse.GetValue(json), terminal);
        });
        return command;
    }

    private static int Run(IReadOnlyList<int> threads, int kills, bool asJson, Terminal terminal)
    {
        using var interruption = new Interruption();
        using var trial = new Trial(interruption.Token);
        terminal.Error.WriteLine(Trial.Description);
        var report = new VerifyReport(terminal, asJson);
        foreach (var count in threads)
        {
            report.Add(trial.Run(count, kills: 0));
            report.Add(trial.Run(count, kills));
        }

        return report.Conclude();
    }
}
