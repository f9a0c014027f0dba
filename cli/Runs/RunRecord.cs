using System.Text.Json.Nodes;
using ScratchNet.Engine.Files;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>How a run was asked for, as its checkpoints keep it beside what the training library keeps.</summary>
internal static class RunRecord
{
    private const string OptionsKey = "options";
    private const string DatasetKey = "dataset";
    private const string FolderKey = "data";
    private const string DeviceKey = "device";

    /// <summary>Writes a run's plan and device.</summary>
    public static JsonObject Write(TrainingPlan plan, string device) => new()
    {
        [OptionsKey] = new JsonObject(plan.Describe().Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value))),
        [DatasetKey] = plan.Source.Name,
        [FolderKey] = plan.Source.Folder,
        [DeviceKey] = device,
    };

    /// <summary>Where the run's own data were; null where the checkpoint does not say.</summary>
    public static string? FolderOf(Checkpoint checkpoint) => checkpoint.Extra[FolderKey]?.ToString();

    /// <summary>Where the own data of a model's run were; null where its checkpoint does not say, or is not there.</summary>
    /// <param name="model">The model's file.</param>
    public static string? FolderOf(string model) => RunFiles.CheckpointOf(model) is { } checkpoint ? FolderOf(checkpoint) : null;

    /// <summary>Reads the plan of a run that is to go on, and checks that nothing asked for contradicts it.</summary>
    /// <returns>The plan, and the device that the run was on.</returns>
    /// <exception cref="UsageException">The command line contradicts the run; the message says in what.</exception>
    /// <exception cref="ModelFileException">The checkpoint was not written by this program.</exception>
    public static (TrainingPlan Plan, string Device) Read(Checkpoint checkpoint, string path, TrainRequest request)
    {
        if (checkpoint.Extra[OptionsKey] is not JsonObject options || checkpoint.Extra[DeviceKey] is not JsonValue device)
        {
            throw new ModelFileException($"{path}: was not saved by 'scratchnet train', so it does not say how to go on");
        }

        var saved = options.ToDictionary(option => option.Key, option => option.Value!.ToString());
        var (name, folder) = (checkpoint.Extra[DatasetKey]?.ToString(), checkpoint.Extra[FolderKey]?.ToString());
        if (request.Dataset is { } dataset && DataSource.Of(dataset, request.Data, null) is var asked && asked.Name != name)
        {
            throw Contradiction("DATASET", dataset, name ?? $"'--data {folder}'", path);
        }

        if (request.Data is { } elsewhere && name == DatasetCatalog.Bundled.Name)
        {
            throw Contradiction("--data", elsewhere, $"the bundled {name}", path);
        }

        // The data may have moved; the checkpoint knows their hash.
        var source = new DataSource(name, request.Data is null ? folder : Path.GetFullPath(request.Data))
        {
            IsStreamed = request.IsStreamed,
        };
        var before = TrainingPlan.Read(source, saved.GetValueOrDefault).Describe();
        var plan = TrainingPlan.Read(source, option =>
            request.Given.GetValueOrDefault(option) ?? saved.GetValueOrDefault(option));
        foreach (var (option, now) in plan.Describe().Where(option => before[option.Key] != option.Value))
        {
            if (option != TrainOptionNames.Epochs)
            {
                throw Contradiction(option, now, before[option], path);
            }

            if (plan.Options.Epochs < checkpoint.Epochs)
            {
                throw new UsageException($"{option} is {now}, but the run in {path} was to have {checkpoint.Epochs}; "
                    + "it can only be made longer");
            }
        }

        return (plan, device.ToString());
    }

    private static UsageException Contradiction(string option, string now, string before, string path) =>
        new($"{option} is {now}, but the run in {path} has {before}; leave it out, or start a new run without --resume");
}
