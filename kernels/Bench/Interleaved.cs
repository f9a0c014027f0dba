using System.Diagnostics;

namespace ScratchNet.Kernels.Bench;

/// <summary>One of the things compared.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Run">Does the work once.</param>
/// <param name="Settle">How long its threads go on using cores after it has returned.</param>
internal sealed record Contender(string Name, Action Run, TimeSpan Settle = default);

/// <summary>What a contender took.</summary>
/// <param name="MedianSeconds">Median time of one run.</param>
/// <param name="Spread">Distance between the quartiles, as a share of the median.</param>
/// <param name="Samples">The time of one run in each round.</param>
internal sealed record Timing(double MedianSeconds, double Spread, double[] Samples)
{
    /// <summary>How many times faster this is than another: the median of the ratios, round by round.</summary>
    public double TimesFasterThan(Timing other) =>
        Interleaved.Median([.. Samples.Zip(other.Samples, (mine, its) => its / mine)]);
}

/// <summary>
/// Times contenders in turns: every round times each of them once, so that whatever the machine does meanwhile (its clock,
/// its other guests) falls on all alike. The order turns round from one round to the next.
/// </summary>
internal static class Interleaved
{
    private const int Rounds = 9;

    /// <summary>A sample is that many runs that it lasts at least so long: clock and loop then cost nothing.</summary>
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Times contenders; their results are to have been checked before.</summary>
    public static Timing[] Time(params IReadOnlyList<Contender> contenders)
    {
        var repeats = contenders.Select(WarmUp).ToArray();
        var samples = contenders.Select(_ => new double[Rounds]).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                var turn = round % 2 == 0 ? i : contenders.Count - 1 - i;
                samples[turn][round] = Sample(contenders[turn], repeats[turn]).TotalSeconds / repeats[turn];
                Thread.Sleep(contenders[turn].Settle);
            }
        }

        return [.. samples.Select(Summarise)];
    }

    public static double Median(double[] values) => Quantile([.. values.Order()], 0.5);

    private static Timing Summarise(double[] samples)
    {
        double[] sorted = [.. samples.Order()];
        var median = Quantile(sorted, 0.5);
        return new Timing(median, (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / median, samples);
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>Runs until the code is compiled and the caches are filled, and finds how many runs make a sample.</summary>
    private static int WarmUp(Contender contender)
    {
        var repeats = 1;
        while (true)
        {
            var elapsed = Sample(contender, repeats);
            if (elapsed >= SampleTime)
            {
                Thread.Sleep(contender.Settle);
                return repeats;
            }

            repeats *= 2;
        }
    }

    private static TimeSpan Sample(Contender contender, int repeats)
    {
        // One run untimed: the other contender has left its own data in the caches and our threads asleep.
        contender.Run();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
        {
            contender.Run();
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
