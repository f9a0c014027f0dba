using ScratchNet.Cli.Parsing;

namespace ScratchNet.Cli.Runs;

/// <summary>How often a run saves a checkpoint: after so many steps, or after so much time, whichever of the two it was
/// told.</summary>
/// <param name="Steps">Steps between two; 0 when it goes by time.</param>
/// <param name="Interval">Time between two.</param>
/// <param name="IsGiven">Whether a person asked for it: then it is kept, whatever it costs.</param>
internal sealed record CheckpointCadence(long Steps, TimeSpan Interval, bool IsGiven)
{
    /// <summary>The option.</summary>
    public const string Option = "--checkpoint-every";

    /// <summary>Share of the time that checkpoints may take.</summary>
    public const double MostShare = 0.02;

    private const long MostSteps = 1_000_000_000;
    private const double MostSeconds = 1_000_000;

    /// <summary>Every five seconds, or as much less often as it takes to cost no more than <see cref="MostShare"/>.</summary>
    public static CheckpointCadence Default { get; } = new(0, TimeSpan.FromSeconds(5), false);

    /// <summary>Reads the option: <c>200</c> steps, or <c>30s</c>.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static CheckpointCadence Read(string? text) => text switch
    {
        null => Default,
        [.. var number, 's'] => new(
            0, TimeSpan.FromSeconds(Values.Real($"{Option} in seconds", number, 0, MostSeconds, openMin: true)), true),
        _ => new(Values.Whole($"{Option} in steps (30s for seconds)", text, 1, MostSteps), default, true),
    };

    /// <summary>Whether it is time for one.</summary>
    /// <param name="step">Steps that the run has made.</param>
    /// <param name="sinceLast">Time since the last one.</param>
    /// <param name="cost">Time that the last one took.</param>
    public bool IsDue(long step, TimeSpan sinceLast, TimeSpan cost) => Steps > 0
        ? step % Steps == 0
        : sinceLast >= Interval && (IsGiven || cost <= sinceLast * MostShare);
}
