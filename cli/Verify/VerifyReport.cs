using System.Globalization;
using ScratchNet.Cli.Output;

namespace ScratchNet.Cli.Verify;

/// <summary>Tells what trials came to, one by one, and in the end whether all had the same bits.</summary>
/// <param name="terminal">Where to tell.</param>
/// <param name="asJson">Whether for programs.</param>
internal sealed class VerifyReport(Terminal terminal, bool asJson)
{
    private const int DigitsShown = 16;

    private readonly List<TrialResult> _results = [];

    /// <summary>Tells of one.</summary>
    public void Add(TrialResult result)
    {
        _results.Add(result);
        if (asJson)
        {
            WriteJson(result);
            return;
        }

        if (_results.Count == 1)
        {
            terminal.Out.WriteLine($"{"threads",-9}{"bits of the result",-18}  {"",-6}  killed and resumed from step");
        }

        var verdict = _results.Count == 1 ? new string(' ', 6)
            : IsSame(result) ? terminal.Good("same  ") : terminal.Bad("OTHERS");
        var steps = result.ResumedFrom.Count == 0 ? "never" : string.Join(", ", result.ResumedFrom);
        terminal.Out.WriteLine($"{result.Threads,-9}{result.Digest[..DigitsShown],-18}  {verdict}  {steps}".TrimEnd());
    }

    /// <summary>Tells whether all are the same.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="FailureException">They are not.</exception>
    public int Conclude()
    {
        var kills = _results.Sum(result => result.ResumedFrom.Count);
        if (_results.Find(result => !IsSame(result)) is { } other)
        {
            throw new FailureException($"the run with {Threads(other)}, killed {Times(other.ResumedFrom.Count)}, has other bits "
                + "than the first (see 'The determinism contract' in training/README.md); please report this machine's "
                + "'scratchnet devices' as a bug");
        }

        if (asJson)
        {
            JsonLine.Write(terminal.Out, json =>
            {
                json.WriteString("event", "verified");
                json.WriteBoolean("same", true);
                json.WriteNumber("runs", _results.Count);
                json.WriteNumber("kills", kills);
            });
            return ExitCode.Success;
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"{terminal.Good("verified")}: {_results.Count} runs, {kills} kills, the same "
            + $"{Figures.Count(_results[0].Values)} numbers to the bit (weights, their average, Adam's moments)");
        return ExitCode.Success;
    }

    private static string Threads(TrialResult result) => $"{result.Threads} thread{(result.Threads == 1 ? "" : "s")}";

    private static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    private bool IsSame(TrialResult result) => result.Digest == _results[0].Digest;

    private void WriteJson(TrialResult result) => JsonLine.Write(terminal.Out, json =>
    {
        json.WriteString("event", "run");
        json.WriteNumber("threads", result.Threads);
        json.WriteStartArray("resumed_from");
        foreach (var step in result.ResumedFrom)
        {
            json.WriteNumberValue(step);
        }

        json.WriteEndArray();
        json.WriteString("sha256", result.Digest);
        json.WriteBoolean("same", IsSame(result));
    });
}
