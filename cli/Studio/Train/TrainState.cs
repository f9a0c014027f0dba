using ScratchNet.Cli.Output;
using ScratchNet.Training;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>Where the Train page stands.</summary>
internal enum TrainPhase
{
    /// <summary>There is no run yet.</summary>
    Empty,

    /// <summary>Data are being loaded.</summary>
    Loading,

    /// <summary>A run stands still.</summary>
    Paused,

    /// <summary>A run goes on.</summary>
    Running,

    /// <summary>Every epoch is done.</summary>
    Done,

    /// <summary>It could not go on; the message says why.</summary>
    Failed,
}

/// <summary>What every browser shows of a run; sent about ten times a second while it goes on.</summary>
internal sealed record TrainState
{
    public required string Phase { get; init; }

    /// <summary>What went wrong or is being done, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>Counts the runs and rewinds, so that a browser sees that a curve begins anew.</summary>
    public int Run { get; init; }

    public required string Device { get; init; }

    public string? Dataset { get; init; }

    /// <summary>Options as the command line has them.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public string? Network { get; init; }

    public string? Pictures { get; init; }

    public int Epoch { get; init; }

    public int Epochs { get; init; }

    public int Batch { get; init; }

    public int Batches { get; init; }

    public long Step { get; init; }

    public double? ImagesPerSecond { get; init; }

    public CurveState? Curve { get; init; }

    /// <summary>The curve before the last rewind or change, to compare with.</summary>
    public CurveState? Before { get; init; }

    public IReadOnlyList<EpochResult>? History { get; init; }

    /// <summary>Hashes of the weights: at the start and now, and how many were the same as before the rewind.</summary>
    public string? Start { get; init; }

    public string? Now { get; init; }

    public int Compared { get; init; }

    public int Same { get; init; }

    /// <summary>The folder that the run is saved in; null when it is not.</summary>
    public string? Saved { get; init; }

    /// <summary>The state with what a run says of itself.</summary>
    public TrainState With(TrainRun run) => this with
    {
        Dataset = run.Plan.Source.Name ?? TrainRoutes.Own,
        Options = run.Plan.Describe(),
        Network = run.Describe(),
        Pictures = $"{Figures.Count(run.TrainingPictures)} pictures to learn from, "
            + $"{Figures.Count(run.Validation?.Count ?? 0)} to watch",
        Epoch = run.Epoch,
        Epochs = run.Plan.Options.Epochs,
        Batch = run.Batch,
        Batches = run.Batches,
        Step = run.Step,
        Curve = run.Curve.Read(),
        History = run.History,
        Start = run.Start,
    };
}
