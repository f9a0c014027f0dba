namespace ScratchNet.Cli.Runs;

/// <summary>What the command line of <c>train</c> asks for.</summary>
/// <param name="Dataset">DATASET, or null.</param>
/// <param name="Data">--data, or null.</param>
/// <param name="Given">The options that decide what a run computes and were given, by name.</param>
/// <param name="Device">--device, or null.</param>
/// <param name="Threads">--threads, or 0.</param>
/// <param name="Run">--run, or null.</param>
/// <param name="Output">--output, or null.</param>
/// <param name="Resume">--resume, or null.</param>
/// <param name="AsJson">--json.</param>
/// <param name="IsQuiet">--quiet.</param>
/// <param name="IsStreamed">--stream.</param>
internal sealed record TrainRequest(
    string? Dataset,
    string? Data,
    IReadOnlyDictionary<string, string> Given,
    string? Device,
    int Threads,
    string? Run,
    string? Output,
    string? Resume,
    bool AsJson,
    bool IsQuiet,
    bool IsStreamed = false)
{
    /// <summary>Whether the run is one of several alike, whose results are told together in the end (--repeat).</summary>
    public bool IsOneOfSeveral { get; init; }

    /// <summary>How often a checkpoint is saved.</summary>
    public CheckpointCadence Cadence { get; init; } = CheckpointCadence.Default;

    /// <summary>How many of the last checkpoints are kept.</summary>
    public int Keep { get; init; } = CheckpointFiles.DefaultKeep;
}
