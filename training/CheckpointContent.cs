using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;

namespace ScratchNet.Training;

/// <summary>A copy of a run's state that no step changes any more: what a checkpoint is written from.</summary>
public sealed class CheckpointContent
{
    /// <summary>The metadata key of everything that is no tensor.</summary>
    internal const string TrainingKey = "training";

    /// <summary>The tensor of an epoch's running totals.</summary>
    internal const string TotalsName = "metrics.totals";

    /// <summary>What the names of the optimizer's tensors begin with.</summary>
    internal const string OptimizerPrefix = "optimizer.";

    /// <summary>The tensor of the weights that are trained, where the model has others.</summary>
    internal const string TrainedName = "weights.trained";

    /// <summary>The tensor of the average of the weights, where the model has others.</summary>
    internal const string AverageName = "weights.average";

    private readonly SafetensorsFile _file;

    private CheckpointContent(SafetensorsFile file) => _file = file;

    /// <summary>Copies the state of a run, to be written while the run goes on. May be called between any two steps.</summary>
    /// <param name="trainer">The run.</param>
    /// <param name="model">The model that it trains, for its description.</param>
    /// <param name="extra">Anything else to keep.</param>
    /// <param name="old">
    /// A copy that is needed no more, whose memory is used again: the system takes longer to give new memory than the copying
    /// takes.
    /// </param>
    public static CheckpointContent Capture(
        Trainer trainer, TrainedModel model, JsonObject? extra = null, CheckpointContent? old = null)
    {
        var optimizer = trainer.Optimizer.State.Select(state => Copy(OptimizerPrefix + state.Name, state.Buffer.View));
        List<StoredTensor> weights = [];
        trainer.UseModelWeights(() => weights.AddRange(NetworkFile.Tensors(trainer.Network, Download)));
        var (trained, average) = trainer.OtherWeights(old?.Find(TrainedName), old?.Find(AverageName));
        AddWeights(TrainedName, trained);
        AddWeights(AverageName, average);
        return new CheckpointContent(new SafetensorsFile(
            [.. weights, .. optimizer, Copy(TotalsName, trainer.Metrics.Totals.View)],
            [
                .. NetworkFile.Describe(trainer.Network), .. model.Describe(),
                new(TrainingKey, DescribeTraining(trainer, extra).ToJsonString()),
            ])
        {
            HasFastChecksum = true,
        });

        StoredTensor Copy(string name, BufferView<float> view) => new(name, [view.Length], Download(name, view));

        float[] Download(string name, BufferView<float> view)
        {
            var values = old?.Find(name) is { } found && found.Length == view.Length ? found : new float[view.Length];
            view.CopyTo(values);
            return values;
        }

        void AddWeights(string name, float[]? values)
        {
            if (values is not null)
            {
                weights.Add(new StoredTensor(name, [values.Length], values));
            }
        }
    }

    /// <summary>Writes the checkpoint; may be called on any thread.</summary>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <exception cref="IOException">The file cannot be written; an older one of that name stands.</exception>
    public void Write(string path) => _file.Write(path);

    /// <summary>The optimizer's settings with its full learning rate: a run is resumed only under the same ones.</summary>
    internal static JsonObject DescribeOptimizer(Trainer trainer)
    {
        var json = trainer.Optimizer.Describe();
        json["learning_rate"] = trainer.FullRate.ToString("R", CultureInfo.InvariantCulture);
        return json;
    }

    private static JsonObject DescribeTraining(Trainer trainer, JsonObject? extra) => new()
    {
        ["epoch"] = trainer.Epoch,
        ["epochs"] = trainer.Options.Epochs,
        ["batch"] = trainer.Batch,
        ["done"] = trainer.IsDone,
        ["step"] = trainer.Optimizer.Steps,
        ["epoch_samples"] = trainer.Metrics.Samples,
        ["epoch_seconds"] = trainer.EpochTime.TotalSeconds,
        ["samples"] = trainer.Dataset.Count,
        ["samples_sha256"] = trainer.Dataset.Sha256,
        ["settings"] = trainer.Options.Describe(),
        ["optimizer"] = DescribeOptimizer(trainer),
        ["history"] = new JsonArray([.. trainer.History.Select(WriteEpoch)]),
        ["rollbacks"] = new JsonArray([.. trainer.Rollbacks.Select(WriteRollback)]),
        ["extra"] = extra?.DeepClone() ?? new JsonObject(),
    };

    private static JsonObject WriteRollback(Rollback rollback) => new() { ["step"] = rollback.Step, ["epoch"] = rollback.Epoch };

    private static JsonObject WriteEpoch(EpochResult epoch) => new()
    {
        ["epoch"] = epoch.Epoch,
        ["train_loss"] = epoch.TrainLoss,
        ["train_accuracy"] = epoch.TrainAccuracy,
        ["validation_loss"] = epoch.ValidationLoss,
        ["validation_accuracy"] = epoch.ValidationAccuracy,
        ["seconds"] = epoch.Seconds,
        ["images_per_second"] = epoch.ImagesPerSecond,
    };

    private float[]? Find(string name) => _file.Tensors.TryGetValue(name, out var tensor) ? tensor.Values : null;
}
