using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// How fast the processor moves data of a size in a mix of reads and writes: the best of the ways that there are, as a loop
/// that computes next to nothing does it. Each thread goes over its own share again and again, so that a core's own caches
/// serve it.
/// </summary>
internal static unsafe class MemoryBandwidth
{
    /// <summary>Bytes that no cache holds.</summary>
    public const long OutOfCache = 384L << 20;

    /// <summary>Less data than this would measure the start of the loop.</summary>
    private const long LeastData = 16 << 10;

    /// <summary>What a sample moves at least: long against the start of threads.</summary>
    private const long LeastTraffic = 32L << 20;

    private const int Samples = 9;
    private const int LineFloats = 16;

    /// <summary>Bandwidth in GB/s, counted as <see cref="Traffic.Bytes"/> counts: the fastest of several samples.</summary>
    /// <param name="threads">Threads that move data at the same time.</param>
    /// <param name="traffic">The mix, and by its footprint the size, of which no more counts than no cache holds.</param>
    public static double Gbps(int threads, Traffic traffic)
    {
        var footprint = Math.Clamp(traffic.Footprint, LeastData, OutOfCache);
        var data = GC.AllocateUninitializedArray<float>((int)(footprint / sizeof(float)) + (32 * LineFloats * threads), pinned: true);
        Array.Fill(data, 1);
        using var team = new ThreadTeam(threads);
        return TrafficPattern.NearestTo(traffic).Max(pattern => Math.Max(
            Best(team, data, footprint, pattern, pastCaches: false),
            pattern.Writes > 0 ? Best(team, data, footprint, pattern, pastCaches: true) : 0));
    }

    private static double Best(ThreadTeam team, float[] data, long footprint, TrafficPattern pattern, bool pastCaches)
    {
        const int Multiple = 2 * LineFloats;
        var share = (int)Math.Max(footprint / sizeof(float) / team.Threads / pattern.Arrays / Multiple, 1) * Multiple;
        var moved = team.Threads * pattern.Of(share * (long)sizeof(float)).Bytes;
        var passes = (int)Math.Max(LeastTraffic / moved, 1);
        var job = new Job(data, share, passes, pattern, pastCaches);
        team.Run(job, team.Threads);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            team.Run(job, team.Threads);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return moved * passes / best / 1e9;
    }

    private sealed class Job(float[] data, int share, int passes, TrafficPattern pattern, bool pastCaches) : ParallelJob
    {
        private float _sink;

        public override void Execute(int part)
        {
            var address = (nuint)Unsafe.AsPointer(ref data[0]);
            var aligned = (float*)((address + 63) / 64 * 64);
            for (var pass = 0; pass < passes; pass++)
            {
                Volatile.Write(ref _sink, pattern.Run(aligned + ((long)part * share * pattern.Arrays), share, pastCaches));
            }
        }
    }
}
