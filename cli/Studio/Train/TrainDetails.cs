using System.Diagnostics;
using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>
/// Sends browsers what costs time to find out: layers, and mistakes. Seldom enough that training loses little by it.
/// </summary>
internal sealed class TrainDetails
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Looking into a large network takes time that training lacks: at most this share of it.</summary>
    private const double MostShare = 0.05;

    private long _at;
    private TimeSpan _cost;
    private int _mistakesEpoch = -1;

    /// <summary>Makes everything due: the run is another one, or stands still.</summary>
    public void Reset() => (_at, _mistakesEpoch) = (0, -1);

    /// <summary>Sends what is due of a run: layers now and then, mistakes once an epoch.</summary>
    /// <param name="feed">What browsers see.</param>
    /// <param name="run">The run.</param>
    /// <param name="isRunning">Whether it goes on, so that looking costs it time.</param>
    public void Publish(Feed feed, TrainRun run, bool isRunning)
    {
        var pause = TimeSpan.FromTicks(Math.Max(Interval.Ticks, (long)(_cost.Ticks / MostShare)));
        if (Stopwatch.GetElapsedTime(_at) < pause)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        feed.Publish("layers", LayerStates.Of(run.Probe, run.Model.Network, run.Model.Format));
        if (_mistakesEpoch != run.Epoch)
        {
            // First weights know nothing: their mistakes are not worth a look.
            _mistakesEpoch = run.Step > 0 ? run.Epoch : -1;
            feed.Publish("mistakes", run.Step > 0 ? run.FindMistakes() ?? Mistakes.None : Mistakes.None);
        }

        _at = Stopwatch.GetTimestamp();
        _cost = isRunning ? Stopwatch.GetElapsedTime(start, _at) : TimeSpan.Zero;
    }
}
