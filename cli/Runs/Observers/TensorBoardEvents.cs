using ScratchNet.Cli.Output;
using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;
using ScratchNet.Training.TensorBoard;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>
/// Writes an event file for TensorBoard (<c>tensorboard --logdir runs</c>): curves by epoch, histograms of the layers' outputs,
/// weights and gradients, and in the end the worst mistakes as pictures.
/// </summary>
internal sealed class TensorBoardEvents(RunContext run, RunFolder folder) : RunObserver
{
    private const int Pictures = 16;

    private EventFile? _events;

    /// <inheritdoc/>
    public override void Started()
    {
        if (!run.IsResumed)
        {
            // What an older run left here, whose model is about to be replaced too, would be drawn into this one's curves.
            foreach (var file in folder.EventFiles.ToList())
            {
                File.Delete(file);
            }
        }

        _events = new EventFile(
            new FileStream(folder.File(EventFile.NewName()), FileMode.Create, FileAccess.Write, FileShare.ReadWrite),
            run.Trainer.Epoch + (run.IsResumed ? 1 : 0));
    }

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => _events?.Write(epoch.Epoch, summary =>
    {
        summary.Scalar("loss/train", epoch.TrainLoss);
        summary.Scalar("accuracy/train", epoch.TrainAccuracy);
        if (epoch.ValidationLoss is { } loss && epoch.ValidationAccuracy is { } accuracy)
        {
            summary.Scalar("loss/validation", loss);
            summary.Scalar("accuracy/validation", accuracy);
        }

        summary.Scalar("learning rate", run.Optimizer.LearningRate);
        summary.Scalar("images per second", epoch.ImagesPerSecond);
    });

    /// <inheritdoc/>
    public override void LayersMeasured(int epoch, IReadOnlyList<LayerStatistics> layers) => _events?.Write(epoch, summary =>
    {
        foreach (var layer in layers)
        {
            var name = $"layer {layer.Layer}";
            summary.Histogram($"outputs/{name}", layer.Outputs);
            if (layer is { Weights: { } weights, Gradients: { } gradients })
            {
                summary.Histogram($"weights/{name}", weights);
                summary.Histogram($"gradients/{name}", gradients);
                summary.Scalar($"gradient norm/{name}", gradients.Norm);
            }
        }
    });

    /// <inheritdoc/>
    public override void MistakesFound(IReadOnlyList<Mistake> mistakes) => _events?.Write(run.Trainer.Epoch, summary =>
    {
        var names = run.Model.ClassNames;
        foreach (var (rank, mistake) in mistakes.Take(Pictures).Index())
        {
            summary.Picture(
                $"mistakes/{rank + 1:00} {names[mistake.Label]} taken for {names[mistake.Predicted]} "
                + $"({Figures.Percent(mistake.Probability)})",
                mistake.Pixels, mistake.Width, mistake.Height);
        }
    });

    /// <inheritdoc/>
    public override void Finished(EvaluationResult result) => _events?.Write(run.Trainer.Epoch, summary =>
    {
        summary.Scalar("accuracy/test", result.Accuracy);
        summary.Scalar("loss/test", result.Loss);
    });

    /// <inheritdoc/>
    public override void Dispose() => _events?.Dispose();
}
