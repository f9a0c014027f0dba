using BenchmarkDotNet.Attributes;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>What it costs to hand a job that takes no time to two threads and to wait for both.</summary>
public class ForkJoinBenchmarks
{
    private const int Parts = 2;

    private readonly ThreadTeam _team = new(Parts);
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = Parts };
    private readonly Nothing _nothing = new();
    private readonly Meeting _meeting = new();

    [Benchmark(Description = "fork-join simd")]
    public void Team() => _team.Run(_nothing, Parts);

    /// <summary>No thread can do both parts: the other one must really come.</summary>
    [Benchmark(Description = "meeting simd")]
    public void TeamMeets()
    {
        _meeting.Begin();
        _team.Run(_meeting, Parts);
    }

    [Benchmark(Description = "fork-join parallel-for")]
    public void ParallelFor() => Parallel.For(0, Parts, _options, static _ => { });

    [GlobalCleanup]
    public void EndTeam() => _team.Dispose();

    /// <summary>Each part waits until the other has begun.</summary>
    private sealed class Meeting : ParallelJob
    {
        private int _begun;

        public void Begin() => Volatile.Write(ref _begun, 0);

        public override void Execute(int part)
        {
            Interlocked.Increment(ref _begun);
            while (Volatile.Read(ref _begun) < Parts)
            {
                Thread.SpinWait(1);
            }
        }
    }

    private sealed class Nothing : ParallelJob
    {
        public override void Execute(int part)
        {
            // The hand-over alone is measured.
        }
    }
}
