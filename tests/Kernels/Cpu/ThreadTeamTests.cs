using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Cpu;

public class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(2, 1000)]
    [InlineData(3, 2)]
    [InlineData(17, 400)]
    public void RunsEveryPartOnce(int threads, int parts)
    {
        using var team = new ThreadTeam(threads);
        var job = new CountingJob(parts);
        for (var run = 1; run <= 200; run++)
        {
            team.Run(job, parts);
            Assert.All(job.Counts, count => Assert.Equal(run, count));
        }
    }

    [Fact]
    public void RunsNothingForNoParts()
    {
        using var team = new ThreadTeam(2);
        team.Run(new CallingJob(_ => Assert.Fail("a part ran")), 0);
    }

    [Fact]
    public void AllThreadsTakeParts()
    {
        const int Threads = 3;
        using var team = new ThreadTeam(Threads);
        using var meeting = new Barrier(Threads);
        var workers = new int[Threads];

        // Each part waits for the others: this ends only when three threads run one part each.
        team.Run(new CallingJob(part =>
        {
            meeting.SignalAndWait();
            workers[part] = ThreadTeam.Worker;
        }), Threads);

        Assert.Equal([0, 1, 2], workers.Order());
    }

    [Fact]
    public void WakesThreadsThatSleep()
    {
        const int Threads = 2;
        using var team = new ThreadTeam(Threads);
        using var meeting = new Barrier(Threads);
        for (var run = 0; run < 3; run++)
        {
            SpinWait.SpinUntil(() => team.Sleepers == Threads - 1);
            team.Run(new CallingJob(_ => meeting.SignalAndWait()), Threads);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ThrowsWhatAPartThrewAndGoesOn(int threads)
    {
        using var team = new ThreadTeam(threads);
        var thrown = Assert.Throws<FormatException>(() => team.Run(
            new CallingJob(part => _ = part == 7 ? throw new FormatException("part 7") : 0), 20));
        Assert.Equal("part 7", thrown.Message);

        var job = new CountingJob(20);
        team.Run(job, 20);
        Assert.All(job.Counts, count => Assert.Equal(1, count));
    }

    [Fact]
    public void ThrowsOnlyWhenNoPartIsRunning()
    {
        using var team = new ThreadTeam(2);
        using var both = new Barrier(2);
        for (var run = 0; run < 100; run++)
        {
            var ended = 0;
            Assert.Throws<FormatException>(() => team.Run(new CallingJob(part =>
            {
                both.SignalAndWait();
                if (part == 0)
                {
                    throw new FormatException();
                }

                Thread.SpinWait(1000);
                Volatile.Write(ref ended, 1);
            }), 2));
            Assert.Equal(1, ended);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RefusesToRunInsideAPart(int threads)
    {
        using var team = new ThreadTeam(threads);
        var inner = new CountingJob(1);
        Assert.Throws<InvalidOperationException>(() => team.Run(new CallingJob(_ => team.Run(inner, 1)), 4));
        Assert.Equal(0, inner.Counts[0]);
    }

    [Fact]
    public void RefusesASecondCaller()
    {
        using var team = new ThreadTeam(1);
        using var begun = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var first = new Thread(() => team.Run(
            new CallingJob(_ =>
            {
                begun.Set();
                end.Wait();
            }), 1));
        first.Start();
        begun.Wait();
        Assert.Throws<InvalidOperationException>(() => team.Run(new CountingJob(1), 1));
        end.Set();
        first.Join();
    }

    [Fact]
    public void RefusesToRunAfterItsEnd()
    {
        var team = new ThreadTeam(2);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new CountingJob(1), 1));
    }

    [Fact]
    public void AllocatesNothing()
    {
        using var team = new ThreadTeam(2);
        var job = new CountingJob(8);
        var allocations = AllocationMeter.PerCall(() => team.Run(job, 8));
        Assert.True(allocations < AllocationMeter.SmallestObject, $"{allocations} bytes a call");
    }

    private sealed class CountingJob(int parts) : ParallelJob
    {
        public int[] Counts { get; } = new int[parts];

        public override void Execute(int part) => Interlocked.Increment(ref Counts[part]);
    }

    private sealed class CallingJob(Action<int> action) : ParallelJob
    {
        public override void Execute(int part) => action(part);
    }
}
