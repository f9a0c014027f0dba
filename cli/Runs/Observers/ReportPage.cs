using ScratchNet.Cli.Reports;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Writes <c>report.html</c> when the run ends, however it ends.</summary>
internal sealed class ReportPage(RunFolder folder) : RunObserver
{
    /// <inheritdoc/>
    public override void Stopped() => Write();

    /// <inheritdoc/>
    public override void Failed(string message) => Write();

    /// <inheritdoc/>
    public override void Finished(EvaluationResult result) => Write();

    private void Write() => Report.Write([RunData.Read(folder.Path)], folder.Report);
}
