using ScratchNet.Cli.Output;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Tells a person what a run came to, in the end.</summary>
internal sealed class ResultLines(RunContext run) : RunObserver
{
    /// <inheritdoc/>
    public override void Finished(EvaluationResult result)
    {
        var (terminal, report) = (run.Terminal, new EvaluationReport(result, run.Model.ClassNames));
        report.WriteHeadline(terminal);
        if (!run.Request.IsOneOfSeveral)
        {
            terminal.Out.WriteLine();
            report.WriteConfusion(terminal);
            terminal.Out.WriteLine();
        }

        terminal.Out.WriteLine(
            $"trained in {Figures.Duration(run.Seconds)}; model saved as {Terminal.OneLine(run.Files.Model)}");
        if (run.Files.Folder is { } folder)
        {
            terminal.Out.WriteLine($"the run in pictures: {Terminal.OneLine(folder.Report)}");
        }
    }
}
