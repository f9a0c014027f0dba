using System.Diagnostics;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>Steps a second, over about the last second.</summary>
internal sealed class Speed
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private (long Time, long Step) _from;

    /// <summary>The speed; null until there is one.</summary>
    public double? StepsPerSecond { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Start(long step) => (_from, StepsPerSecond) = ((Stopwatch.GetTimestamp(), step), null);

    /// <summary>Notes how far the run is.</summary>
    public void Note(long step)
    {
        var elapsed = Stopwatch.GetElapsedTime(_from.Time);
        if (elapsed >= Window || StepsPerSecond is null && elapsed > TimeSpan.Zero)
        {
            StepsPerSecond = (step - _from.Step) / elapsed.TotalSeconds;
        }

        if (elapsed >= Window)
        {
            _from = (Stopwatch.GetTimestamp(), step);
        }
    }
}
