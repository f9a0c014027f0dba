using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// How fast the processor moves data of a size in a mix of reads and writes: the best of the ways that there are, as a loop
/// that computes next to nothing does it. Each thread goes over its own share again and again, so that a core's own caches
/// serve it.
/// </summary>
internal static class MemoryBandwidth
{
    /// <summary>Bytes that no cache holds.</summary>
    public const long OutOfCache = 384L << 20;

    /// <summary>What a sample moves at least: long against the start of threads.</summary>
    private const long LeastTraffic = 16L << 20;

    private const int Samples = 9;

    /// <summary>Bandwidth in GB/s, counted as <see cref="Traffic.Bytes"/> counts: the fastest of several samples.</summary>
    /// <param name="threads">Threads that move data at the same time.</param>
    /// <param name="traffic">The mix, and by its footprint the size, of which no more counts than no cache holds.</param>
    public static double Gbps(int threads, Traffic traffic)
    {
        using var team = new ThreadTeam(threads);
        return Loops(team, traffic).Max(Best);
    }

    /// <summary>The loops that move data in a mix: which of them is the fastest depends on the machine.</summary>
    /// <param name="team">The threads that share the data.</param>
    /// <param name="traffic">The mix, and by its footprint the size.</param>
    public static IReadOnlyList<BandwidthLoop> Loops(ThreadTeam team, Traffic traffic)
    {
        var data = BandwidthLoop.Allocate(team.Threads, Math.Min(traffic.Footprint, OutOfCache));
        return
        [
            .. TrafficPattern.NearestTo(traffic).SelectMany(pattern => pattern.Writes == 0 ? [false] : new[] { false, true },
                (pattern, pastCaches) => new BandwidthLoop(team, data, pattern, pastCaches)),
        ];
    }

    private static double Best(BandwidthLoop loop)
    {
        var passes = (int)Math.Max(LeastTraffic / loop.Bytes, 1);
        loop.Run(1);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            loop.Run(passes);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return passes * loop.Bytes / best / 1e9;
    }
}

/// <summary>One of those loops, over its data.</summary>
internal sealed unsafe class BandwidthLoop
{
    /// <summary>Less data than this would measure the start of the loop.</summary>
    private const long LeastData = 16 << 10;

    private const int Line = 64;
    private const int Multiple = 4 * Line / sizeof(float);

    /// <summary>
    /// Arrays that are long enough begin so many floats apart in their pages (18 lines of 64), as buffers do too: see
    /// <see cref="CpuBuffer{T}"/>.
    /// </summary>
    private const int Spread = 18 * Line / sizeof(float);

    private const int PageFloats = 4096 / sizeof(float);

    private readonly ThreadTeam _team;
    private readonly Job _job;

    /// <summary>Lays the arrays of a pattern into data.</summary>
    /// <param name="team">The threads that share it.</param>
    /// <param name="data">From <see cref="Allocate"/>.</param>
    /// <param name="pattern">What is read and written.</param>
    /// <param name="pastCaches">Whether what is only written bypasses the caches.</param>
    public BandwidthLoop(ThreadTeam team, float[] data, TrafficPattern pattern, bool pastCaches)
    {
        var share = Math.Max((data.Length / Multiple / team.Threads / pattern.Arrays) - 1, 1) * Multiple;
        share = share < PageFloats + Spread ? share : ((share - Spread) / PageFloats * PageFloats) + Spread;
        (_team, _job) = (team, new Job(data, share, pattern, pastCaches));
        Bytes = team.Threads * pattern.Of(share * (long)sizeof(float)).Bytes;
    }

    /// <summary>What one pass moves.</summary>
    public long Bytes { get; }

    /// <summary>
    /// Memory of a size, in large pages as buffers are, written once: what never was would all be one page of zeros.
    /// </summary>
    public static float[] Allocate(int threads, long bytes)
    {
        var length = Math.Max(bytes, LeastData) / sizeof(float);
        var data = GC.AllocateUninitializedArray<float>((int)length + (threads * 8 * Multiple), pinned: true);
        HugePages.Ask<float>(data);
        Array.Fill(data, 1);
        return data;
    }

    /// <summary>Goes over the data a number of times.</summary>
    public void Run(int passes)
    {
        _job.Passes = passes;
        _team.Run(_job, _team.Threads);
    }

    private sealed class Job(float[] data, int share, TrafficPattern pattern, bool pastCaches) : ParallelJob
    {
        private float _sink;

        public int Passes { get; set; }

        public override void Execute(int part)
        {
            var address = (nuint)Unsafe.AsPointer(ref data[0]);
            var aligned = (float*)((address + Line - 1) / Line * Line) + ((long)part * share * pattern.Arrays);
            Volatile.Write(ref _sink, pattern.Run(aligned, share, Passes, pastCaches));
        }
    }
}
