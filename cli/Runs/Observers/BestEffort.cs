using ScratchNet.Engine.Files;
using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Lets a run go on when a file about it cannot be written, on a full disk for instance; warns once.</summary>
/// <param name="observer">Writes the file.</param>
/// <param name="terminal">Where to warn.</param>
internal sealed class BestEffort(RunObserver observer, Terminal terminal) : RunObserver
{
    private bool _hasWarned;

    /// <inheritdoc/>
    public override void Started() => Try(observer.Started);

    /// <inheritdoc/>
    public override void Progressed(TrainingProgress progress) => Try(() => observer.Progressed(progress));

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => Try(() => observer.EpochEnded(epoch));

    /// <inheritdoc/>
    public override void LayersMeasured(int epoch, IReadOnlyList<LayerStatistics> layers) =>
        Try(() => observer.LayersMeasured(epoch, layers));

    /// <inheritdoc/>
    public override void Stopped() => Try(observer.Stopped);

    /// <inheritdoc/>
    public override void Failed(string message) => Try(() => observer.Failed(message));

    /// <inheritdoc/>
    public override void Trained() => Try(observer.Trained);

    /// <inheritdoc/>
    public override void MistakesFound(IReadOnlyList<Mistake> mistakes) => Try(() => observer.MistakesFound(mistakes));

    /// <inheritdoc/>
    public override void Finished(EvaluationResult result) => Try(() => observer.Finished(result));

    /// <inheritdoc/>
    public override void Dispose() => Try(observer.Dispose);

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (IsAboutFiles(exception) && !_hasWarned)
        {
            _hasWarned = true;
            terminal.Warn($"{exception.Message} Training goes on without that file.");
        }
        catch (Exception exception) when (IsAboutFiles(exception))
        {
            // Said once already.
        }
    }

    // ModelFileException, FailureException: the report reads what the run has written, which somebody may have damaged.
    private static bool IsAboutFiles(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ModelFileException or FailureException;
}
