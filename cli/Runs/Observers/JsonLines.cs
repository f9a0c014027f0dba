using ScratchNet.Cli.Output;
using ScratchNet.Kernels;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Tells programs of a run (<c>--json</c>): one object an epoch, and one at the end or when it breaks down.</summary>
internal sealed class JsonLines(RunContext run) : RunObserver
{
    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => JsonLine.Write(run.Terminal.Out, json =>
    {
        json.WriteString("event", "epoch");
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteNumber("train_loss", epoch.TrainLoss);
        json.WriteNumber("train_accuracy", epoch.TrainAccuracy);
        json.WriteFinite("validation_accuracy", epoch.ValidationAccuracy);
        json.WriteNumber("seconds", epoch.Seconds);
        json.WriteNumber("images_per_second", epoch.ImagesPerSecond);
    });

    /// <inheritdoc/>
    public override void Failed(string message) => JsonLine.Write(run.Terminal.Out, json =>
    {
        json.WriteString("event", "failed");
        json.WriteString("message", message);
    });

    /// <inheritdoc/>
    public override void Finished(EvaluationResult result) => JsonLine.Write(run.Terminal.Out, json =>
    {
        var device = run.Backend.Device;
        json.WriteString("event", "done");
        json.WriteNumber("test_accuracy", result.Accuracy);
        json.WriteFinite("test_loss", result.Loss);
        json.WriteNumber("seconds", run.Seconds);
        json.WriteString("device", device.Id);
        json.WriteNumber("threads", device.Kind == DeviceKind.Cpu ? device.Units : 1);
        json.WriteNumber("parameters", run.Model.Network.ParameterCount);
        json.WriteNumber("seed", run.Plan.Options.Seed);
        json.WriteString("model", run.Files.Model);
        if (run.Plan.Options.EarlyStopping is not null)
        {
            json.WriteNumber("epochs", run.Trainer.Epoch);
            json.WriteNumber("model_epoch", run.Trainer.ModelEpoch);
        }
    });
}
