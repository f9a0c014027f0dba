using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;

namespace ScratchNet.Training;

/// <summary>What stands in a checkpoint, and how it gets there from a run.</summary>
internal static class CheckpointContent
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

    /// <summary>
    /// Hands the state of a run to the system, tensor by tensor from where it lives, so that no second memory is needed; the run
    /// may go on while the disk is waited for.
    /// </summary>
    /// <param name="trainer">The run, between two steps.</param>
    /// <param name="model">The model that it trains, for its description.</param>
    /// <param name="path">The file.</param>
    /// <param name="extra">Anything else to keep.</param>
    /// <exception cref="IOException">The file cannot be written; an older one of that name stands.</exception>
    public static PendingFile Begin(Trainer trainer, TrainedModel model, string path, JsonObject? extra)
    {
        PendingFile? file = null;
        trainer.UseModelWeights(() => file = AtomicFile.Begin(path, stream => Writer(trainer, model, extra).Write(stream)));
        return file!;
    }

    private static SafetensorsWriter Writer(Trainer trainer, TrainedModel model, JsonObject? extra) => new(
        [
            .. NetworkFile.Tensors(trainer.Network),
            .. trainer.OtherWeights(TrainedName, AverageName),
            .. trainer.Optimizer.State.Select(state => Whole(OptimizerPrefix + state.Name, state.Buffer.View)),
            Whole(TotalsName, trainer.Metrics.Totals.View),
        ],
        [
            .. NetworkFile.Describe(trainer.Network), .. model.Describe(),
            new(TrainingKey, DescribeTraining(trainer, extra).ToJsonString()),
        ],
        ChecksumKind.XxHash128);

    private static TensorSource Whole(string name, BufferView<float> view) => TensorSource.Of(name, [view.Length], view);

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
        ["samples_xxh128"] = trainer.Dataset.Fingerprint,
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
}
