using BenchmarkDotNet.Attributes;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>What it costs to hand a job that does nothing to two threads and to wait for both.</summary>
public class ForkJoinBenchmarks
{
    private const int Parts = 2;

    private readonly ThreadTeam _team = new(Parts);
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = Parts };
    private readonly Nothing _job = new();

    [Benchmark(Description = "fork-join simd")]
    public void Team() => _team.Run(_job, Parts);

    [Benchmark(Description = "fork-join parallel-for")]
    public void ParallelFor() => Parallel.For(0, Parts, _options, static _ => { });

    [GlobalCleanup]
    public void EndTeam() => _team.Dispose();

    private sealed class Nothing : ParallelJob
    {
        public override void Execute(int part)
        {
            // The hand-over alone is measured.
        }
    }
}
