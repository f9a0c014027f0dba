using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;

namespace ScratchNet.Training;

/// <summary>
/// A run between two of its steps, in a file: weights, the optimizer's memory, the running totals of the epoch, and the
/// counters that order, dropout and distortions are functions of. Resuming from it gives the same bits as never having stopped.
/// The file is also a model: whatever loads a model loads it.
/// </summary>
public sealed class Checkpoint
{
    private readonly SafetensorsFile _file;
    private readonly JsonNode _training;

    private Checkpoint(SafetensorsFile file, JsonNode training, string path)
    {
        (_file, _training, Path) = (file, training, path);
        Epoch = (int)training["epoch"]!;
        Epochs = (int)training["epochs"]!;
        Batch = (int)training["batch"]!;
        Step = (long)training["step"]!;
        IsDone = (bool?)training["done"] ?? Epoch >= Epochs;
        Settings = training["settings"]!.AsObject();
        Optimizer = training["optimizer"]!.AsObject();
        Extra = training["extra"]!.AsObject();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Epochs that were done.</summary>
    public int Epoch { get; }

    /// <summary>Epochs that the run was to have.</summary>
    public int Epochs { get; }

    /// <summary>Batches of the current epoch that were done.</summary>
    public int Batch { get; }

    /// <summary>Steps of the whole run that were done.</summary>
    public long Step { get; }

    /// <summary>Whether the run had come to its end.</summary>
    public bool IsDone { get; }

    /// <summary>The options that decide what the run computes, as <c>name: value</c>.</summary>
    public JsonObject Settings { get; }

    /// <summary>The optimizer's settings, its full learning rate among them.</summary>
    public JsonObject Optimizer { get; }

    /// <summary>How often the run went back; each time its rate was halved.</summary>
    public int Rollbacks => _training["rollbacks"]?.AsArray().Count ?? 0;

    /// <summary>What the saver added: how to find the data again, for instance.</summary>
    public JsonObject Extra { get; }

    /// <summary>Saves a run. May be called between any two steps.</summary>
    /// <param name="trainer">The run.</param>
    /// <param name="model">The model that it trains, for its description.</param>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <param name="extra">Anything else to keep, such as how to find the data again.</param>
    /// <exception cref="IOException">The file cannot be written; an older one of that name stands.</exception>
    public static void Save(Trainer trainer, TrainedModel model, string path, JsonObject? extra = null)
    {
        using var file = Begin(trainer, model, path, extra);
        file.Commit();
    }

    /// <summary>
    /// Writes the state of a run, but does not wait for the disk: <see cref="PendingFile.Commit"/> does, which another thread may
    /// call while the run goes on. May be called between any two steps.
    /// </summary>
    /// <param name="trainer">The run.</param>
    /// <param name="model">The model that it trains, for its description.</param>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <param name="extra">Anything else to keep, such as how to find the data again.</param>
    /// <exception cref="IOException">The file cannot be written; an older one of that name stands.</exception>
    public static PendingFile Begin(Trainer trainer, TrainedModel model, string path, JsonObject? extra = null) =>
        CheckpointContent.Begin(trainer, model, path, extra);

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file is damaged, or is a model without the rest of a run.</exception>
    public static Checkpoint Read(string path)
    {
        // The totals of an epoch may hold a loss that was not finite; weights are checked by whoever trains on.
        var file = SafetensorsFile.Read(path, allowNonFinite: true);
        if (!file.Metadata.TryGetValue(CheckpointContent.TrainingKey, out var text))
        {
            throw new ModelFileException($"{path}: this is a model but no checkpoint: it does not say where the run stood. "
                + "Resume from the checkpoint file beside it.");
        }

        try
        {
            return new Checkpoint(file, JsonNode.Parse(text)!, path);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed(path, exception);
        }
    }

    /// <summary>Makes the model as it was.</summary>
    /// <param name="backend">Where it shall live; another backend than before is allowed, and agrees to rounding.</param>
    public TrainedModel LoadModel(Backend backend) => TrainedModel.Build(backend, _file, Path);

    /// <summary>Puts a trainer where the run stood. Its network must come from <see cref="LoadModel"/>.</summary>
    /// <param name="trainer">A trainer of the same run.</param>
    /// <exception cref="ResumeException">
    /// The trainer has other data, another optimizer or other settings than the run had; the message says which.
    /// </exception>
    /// <exception cref="ModelFileException">The checkpoint contradicts itself.</exception>
    public void Restore(Trainer trainer)
    {
        try
        {
            CheckSame("the training data", Describe((int)_training["samples"]!, (string?)_training["samples_xxh128"]),
                Describe(trainer.Dataset.Count, trainer.Dataset.Fingerprint));
            CheckSame("the optimizer", Optimizer.ToJsonString(), CheckpointContent.DescribeOptimizer(trainer).ToJsonString());
            CheckSame("the settings", Settings.ToJsonString(), trainer.Options.Describe().ToJsonString());
            RestoreMemory(trainer.Optimizer);
            trainer.Metrics.Restore(
                _file.Values(CheckpointContent.TotalsName, MetricsSpec.TotalsLength), (long)_training["epoch_samples"]!);
            trainer.Restore(Epoch, Batch, TimeSpan.FromSeconds((double)_training["epoch_seconds"]!),
                _training["history"]!.AsArray().Select(ReadEpoch), (_training["rollbacks"]?.AsArray() ?? []).Select(ReadRollback),
                Weights(trainer.Network, CheckpointContent.TrainedName),
                Weights(trainer.Network, CheckpointContent.AverageName));
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed(Path, exception);
        }
    }

    /// <summary>Puts the model's weights into a network of the same architecture.</summary>
    internal void LoadWeights(Network network) => NetworkFile.LoadWeights(network, _file);

    /// <summary>Puts an optimizer, and the weights that it works on, where the run stood: for one more step without the run's
    /// data.</summary>
    /// <param name="network">A network with the parameters of <see cref="LoadModel"/>'s.</param>
    /// <param name="optimizer">An optimizer of the run's kind.</param>
    /// <exception cref="ModelFileException">The checkpoint contradicts itself.</exception>
    public void Restore(Network network, Optimizer optimizer)
    {
        optimizer.Attach(network);
        if (Weights(network, CheckpointContent.TrainedName) is { } trained)
        {
            network.SetWeights(trained);
        }

        try
        {
            RestoreMemory(optimizer);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed(Path, exception);
        }
    }

    /// <summary>The rate of the run's next step, as <see cref="Trainer.Step"/> would set it.</summary>
    /// <param name="schedule">The run's schedule; its words are in <see cref="Settings"/>.</param>
    /// <exception cref="ModelFileException">The checkpoint contradicts itself.</exception>
    public float NextRate(LearningRateSchedule schedule)
    {
        try
        {
            var batches = TrainingBatches.CountOf(
                (int)_training["samples"]!, (int)Settings["batch_size"]!, (int?)Settings["candidates"] ?? 1);
            EpochResult[] history = [.. _training["history"]!.AsArray().Select(ReadEpoch)];
            return Trainer.RateOf(float.Parse((string)Optimizer["learning_rate"]!, CultureInfo.InvariantCulture),
                Rollbacks, schedule, new ScheduleMoment(((long)Epoch * batches) + Batch, batches, Epochs, history));
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed(Path, exception);
        }
    }

    private void RestoreMemory(Optimizer optimizer)
    {
        foreach (var (name, buffer) in optimizer.State)
        {
            buffer.CopyFrom(_file.Values(CheckpointContent.OptimizerPrefix + name, buffer.Length));
        }

        optimizer.Steps = Step;
    }

    private float[]? Weights(Network network, string name) =>
        _file.Tensors.ContainsKey(name) ? _file.Values(name, network.WeightsLength) : null;

    private static Rollback ReadRollback(JsonNode? json) => new((long)json!["step"]!, (int)json["epoch"]!);

    private static EpochResult ReadEpoch(JsonNode? json) => new(
        (int)json!["epoch"]!,
        (double)json["train_loss"]!,
        (double)json["train_accuracy"]!,
        (double?)json["validation_loss"],
        (double?)json["validation_accuracy"],
        (double)json["seconds"]!,
        (double)json["images_per_second"]!);

    private static string Describe(int samples, string? fingerprint) =>
        $"{samples} pictures with XXH128 {fingerprint?[..Math.Min(12, fingerprint.Length)]}…";

    private static void CheckSame(string what, string? saved, string now)
    {
        if (saved != now)
        {
            throw new ResumeException($"this run cannot be resumed: {what} differ: it had {saved}, and now has {now}; "
                + "give it what it began with, or begin a new run");
        }
    }

    private static bool IsMalformed(Exception exception) =>
        exception is JsonException or FormatException or InvalidOperationException or NullReferenceException;

    private static ModelFileException Malformed(string path, Exception exception) =>
        new($"{path}: its metadata does not say where the run stood: {exception.Message}", exception);
}
