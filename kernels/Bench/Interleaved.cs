namespace ScratchNet.Kernels.Bench;

/// <summary>One of the things compared.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Run">Does the work once, or queues it.</param>
/// <param name="Settle">How long its threads go on using cores after it has returned.</param>
/// <param name="Finish">Waits until everything queued has run; left out, nothing is ever queued.</param>
internal sealed record Contender(string Name, Action Run, TimeSpan Settle = default, Action? Finish = null);

/// <summary>When a contender has been timed often enough.</summary>
/// <param name="LeastRounds">Samples that each takes, however quiet the machine.</param>
/// <param name="MostRounds">Samples after which none takes more.</param>
/// <param name="Noise">Width of the median's 95 % interval, as a share of the median, that is narrow enough.</param>
/// <param name="Budget">Time after which a contender takes no more samples, once it has three.</param>
internal sealed record TimingPlan(int LeastRounds, int MostRounds, double Noise, TimeSpan Budget)
{
    /// <summary>Nine samples, whatever they show.</summary>
    public static TimingPlan Fixed { get; } = new(9, 9, 0, TimeSpan.MaxValue);
}

/// <summary>What a contender took.</summary>
/// <param name="MedianSeconds">Median time of one run.</param>
/// <param name="Spread">Distance between the quartiles, as a share of the median.</param>
/// <param name="Samples">The time of one run in each round.</param>
internal sealed record Timing(double MedianSeconds, double Spread, double[] Samples)
{
    /// <summary>Fewer samples say nothing about noise.</summary>
    public const int FewestSamples = 3;

    /// <summary>
    /// The 95 % interval of the median, from the order of the samples alone (its ends are the samples at ranks n/2 ±
    /// 0.98·sqrt(n)), so that it holds for any kind of noise. NaN with too few samples; with fewer than six it is all of
    /// them.
    /// </summary>
    public (double Low, double High) Interval { get; } = IntervalOf(Samples);

    /// <summary>How many times faster this is than another: the median of the ratios, round by round.</summary>
    public double TimesFasterThan(Timing other) =>
        Interleaved.Median([.. Samples.Zip(other.Samples, (mine, its) => its / mine)]);

    private static (double Low, double High) IntervalOf(double[] samples)
    {
        if (samples.Length < FewestSamples)
        {
            return (double.NaN, double.NaN);
        }

        double[] sorted = [.. samples.Order()];
        var outside = Math.Max((int)((sorted.Length / 2.0) - (0.98 * Math.Sqrt(sorted.Length))), 0);
        return (sorted[outside], sorted[^(outside + 1)]);
    }
}

/// <summary>
/// Times contenders in turns: every round times each of them once, so that whatever the machine does meanwhile (its clock,
/// its other guests) falls on all alike. The order turns round from one round to the next.
/// </summary>
internal static class Interleaved
{
    /// <summary>A sample is that many runs that it lasts at least so long: clock and loop then cost nothing.</summary>
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(1);

    /// <summary>A run so long brings its own data to the caches: none is made untimed before it.</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromMilliseconds(50);

    /// <summary>Times contenders a fixed number of rounds; their results are to have been checked before.</summary>
    public static Timing[] Time(params IReadOnlyList<Contender> contenders) =>
        Time(TimingPlan.Fixed, TimeProvider.System, contenders);

    /// <summary>Times contenders until each is known well enough; their results are to have been checked before.</summary>
    /// <param name="plan">What is well enough.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="contenders">What to time.</param>
    /// <param name="cancel">Stops between two samples.</param>
    public static Timing[] Time(
        TimingPlan plan, TimeProvider clock, IReadOnlyList<Contender> contenders, CancellationToken cancel = default)
    {
        Lane[] lanes = [.. contenders.Select(contender =>
        {
            cancel.ThrowIfCancellationRequested();
            return new Lane(contender, clock);
        })];
        for (var round = 0; lanes.Any(lane => lane.WantsMore(plan)); round++)
        {
            foreach (var lane in round % 2 == 0 ? lanes : lanes.Reverse())
            {
                cancel.ThrowIfCancellationRequested();
                if (lane.WantsMore(plan))
                {
                    lane.TakeSample();
                }
            }
        }

        return [.. lanes.Select(lane => lane.Summary())];
    }

    public static double Median(double[] values) => Quantile([.. values.Order()], 0.5);

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>One contender with what has been measured of it.</summary>
    private sealed class Lane
    {
        private readonly Contender _contender;
        private readonly TimeProvider _clock;
        private readonly List<double> _samples = [];
        private readonly int _repeats;
        private readonly bool _isLong;
        private TimeSpan _spent;

        /// <summary>Runs until the code is compiled and the caches are filled, and finds how many runs make a sample.</summary>
        public Lane(Contender contender, TimeProvider clock)
        {
            (_contender, _clock, _repeats) = (contender, clock, 1);
            var elapsed = Sample();
            while (elapsed < SampleTime)
            {
                _repeats *= 2;
                elapsed = Sample();
            }

            _isLong = elapsed >= LongRun;
            Thread.Sleep(contender.Settle);
        }

        public bool WantsMore(TimingPlan plan)
        {
            if (_samples.Count >= plan.MostRounds || (_samples.Count >= Timing.FewestSamples && _spent >= plan.Budget))
            {
                return false;
            }

            return _samples.Count < plan.LeastRounds || Summary() is var now
                && !(now.Interval.High - now.Interval.Low <= plan.Noise * now.MedianSeconds);
        }

        public void TakeSample()
        {
            var elapsed = Sample();
            _spent += elapsed;
            _samples.Add(elapsed.TotalSeconds / _repeats);
            Thread.Sleep(_contender.Settle);
        }

        public Timing Summary()
        {
            double[] sorted = [.. _samples.Order()];
            var median = Quantile(sorted, 0.5);
            return new Timing(median, (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / median, [.. _samples]);
        }

        private TimeSpan Sample()
        {
            if (!_isLong)
            {
                // One run untimed: the other contender has left its own data in the caches and our threads asleep.
                _contender.Run();
                _contender.Finish?.Invoke();
            }

            var start = _clock.GetTimestamp();
            for (var i = 0; i < _repeats; i++)
            {
                _contender.Run();
            }

            _contender.Finish?.Invoke();
            return _clock.GetElapsedTime(start);
        }
    }
}
