using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Bench;

public class TimingTests
{
    [Fact]
    public void The_interval_of_the_median_is_that_of_order_statistics()
    {
        // 25 samples 1..25: ranks 12.5 - 0.98·5 = 7.6, so seven stay outside at either end.
        double[] samples = [.. Enumerable.Range(1, 25).Select(i => (double)i)];
        Assert.Equal((8.0, 18.0), new Timing(13, 0, samples).Interval);
    }

    [Fact]
    public void Few_samples_span_the_interval_and_fewer_have_none()
    {
        Assert.Equal((1.0, 4.0), new Timing(2, 0, [2, 1, 4]).Interval);
        Assert.True(double.IsNaN(new Timing(2, 0, [2, 2]).Interval.Low));
    }

    [Fact]
    public void A_quiet_contender_stops_early_and_a_noisy_one_goes_on()
    {
        var clock = new ManualClock();
        var turn = 0;
        var quiet = new Contender("quiet", () => clock.Pass(2));
        var noisy = new Contender("noisy", () => clock.Pass(2 + (turn++ % 7)));
        var plan = new TimingPlan(LeastRounds: 5, MostRounds: 40, Noise: 0.01, Budget: TimeSpan.FromHours(1));
        var timings = Interleaved.Time(plan, clock, [quiet, noisy]);
        Assert.Equal(5, timings[0].Samples.Length);
        Assert.Equal(40, timings[1].Samples.Length);
        Assert.Equal(0.002, timings[0].MedianSeconds, 9);
    }

    [Fact]
    public void The_budget_ends_a_noisy_contender()
    {
        var clock = new ManualClock();
        var turn = 0;
        var noisy = new Contender("noisy", () => clock.Pass(100 + (50 * (turn++ % 3))));
        var plan = new TimingPlan(LeastRounds: 9, MostRounds: 100, Noise: 0.01, Budget: TimeSpan.FromSeconds(0.4));
        Assert.InRange(Interleaved.Time(plan, clock, [noisy])[0].Samples.Length, Timing.FewestSamples, 5);
    }

    [Fact]
    public void What_is_queued_is_waited_for_within_the_sample()
    {
        var clock = new ManualClock();
        var queued = 0;
        var contender = new Contender("gpu", () => queued++, Finish: () =>
        {
            clock.Pass(3 * queued);
            queued = 0;
        });
        Assert.Equal(0.003, Interleaved.Time(TimingPlan.Fixed, clock, [contender])[0].MedianSeconds, 9);
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _milliseconds;

        public void Pass(int milliseconds) => _milliseconds += milliseconds;
    }
}
