using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// How fast the processor moves data that fits a cache, or none: the best of reading all of it, of <c>z = x + s·y</c>, and of
/// updating in place as optimizers do. Each thread goes over its own share again and again, so that a core's own caches serve
/// it.
/// </summary>
internal static unsafe class MemoryBandwidth
{
    /// <summary>Bytes that no cache holds.</summary>
    public const long OutOfCache = 384L << 20;

    /// <summary>What a sample moves at least: long against the start of threads.</summary>
    private const long LeastTraffic = 32L << 20;

    private const int Samples = 9;

    /// <summary>Of three arrays an update reads all and writes two.</summary>
    private const double UpdateTraffic = 5.0 / 3;

    private enum Pattern
    {
        /// <summary>Reads three arrays.</summary>
        Read,

        /// <summary>Reads two and writes a third.</summary>
        Triad,

        /// <summary>Reads three and writes two of them: what it writes has been read, so that no line is fetched twice.</summary>
        Update,
    }

    /// <summary>Bandwidth in GB/s: the fastest of several samples. Lines read only to be overwritten are not counted.</summary>
    /// <param name="threads">Threads that move data at the same time.</param>
    /// <param name="bytes">Size of all the data together.</param>
    public static double Gbps(int threads, long bytes = OutOfCache)
    {
        const int Lanes = 64;
        var share = (int)Math.Max(bytes / sizeof(float) / threads / 3 / Lanes, 1) * Lanes;
        var data = GC.AllocateUninitializedArray<float>(3 * share * threads, pinned: true);
        Array.Fill(data, 1);
        using var team = new ThreadTeam(threads);
        var moved = (long)data.Length * sizeof(float);
        var passes = (int)Math.Max(LeastTraffic / moved, 1);
        return Enum.GetValues<Pattern>().Max(pattern => Best(team, new Job(data, share, passes, pattern), moved * passes)
            * (pattern == Pattern.Update ? UpdateTraffic : 1));
    }

    private static double Best(ThreadTeam team, Job job, long moved)
    {
        team.Run(job, team.Threads);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            team.Run(job, team.Threads);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return moved / best / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Triad<TVector, TLanes>(float* x, float* y, float* z, int count)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        var scale = TLanes.Broadcast(0.5f);
        for (var i = 0; i < count; i += 2 * TLanes.Count)
        {
            var j = i + TLanes.Count;
            TLanes.Store(z + i, TLanes.MultiplyAdd(TLanes.Load(y + i), scale, TLanes.Load(x + i)));
            TLanes.Store(z + j, TLanes.MultiplyAdd(TLanes.Load(y + j), scale, TLanes.Load(x + j)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update<TVector, TLanes>(float* x, float* y, float* z, int count)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        var scale = TLanes.Broadcast(0.5f);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var moved = TLanes.MultiplyAdd(TLanes.Load(y + i), scale, TLanes.Load(x + i));
            TLanes.Store(y + i, moved);
            TLanes.Store(z + i, TLanes.MultiplyAdd(TLanes.Load(z + i), scale, moved));
        }
    }

    /// <summary>Sums three arrays at once: several streams keep more of the memory busy than one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Read<TVector, TLanes>(float* x, float* y, float* z, int count)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        // Six sums, so that no addition waits for the one before.
        var zero = TLanes.Broadcast(0);
        TVector s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
        for (var i = 0; i < count; i += 2 * TLanes.Count)
        {
            var j = i + TLanes.Count;
            s0 = TLanes.Add(s0, TLanes.Load(x + i));
            s1 = TLanes.Add(s1, TLanes.Load(x + j));
            s2 = TLanes.Add(s2, TLanes.Load(y + i));
            s3 = TLanes.Add(s3, TLanes.Load(y + j));
            s4 = TLanes.Add(s4, TLanes.Load(z + i));
            s5 = TLanes.Add(s5, TLanes.Load(z + j));
        }

        return TLanes.Sum(TLanes.Add(TLanes.Add(TLanes.Add(s0, s1), TLanes.Add(s2, s3)), TLanes.Add(s4, s5)));
    }

    private sealed class Job(float[] data, int share, int passes, Pattern pattern) : ParallelJob
    {
        private float _sink;

        public override void Execute(int part)
        {
            var x = (float*)Unsafe.AsPointer(ref data[3 * share * part]);
            for (var pass = 0; pass < passes; pass++)
            {
                if (Vector512.IsHardwareAccelerated)
                {
                    Pass<Vector512<float>, Lanes512>(x);
                }
                else if (Vector256.IsHardwareAccelerated)
                {
                    Pass<Vector256<float>, Lanes256>(x);
                }
                else
                {
                    Pass<Vector128<float>, Lanes128>(x);
                }
            }
        }

        private void Pass<TVector, TLanes>(float* x)
            where TVector : unmanaged
            where TLanes : struct, ILanes<TVector>
        {
            var y = x + share;
            var z = y + share;
            switch (pattern)
            {
                case Pattern.Read:
                    Volatile.Write(ref _sink, Read<TVector, TLanes>(x, y, z, share));
                    break;
                case Pattern.Triad:
                    Triad<TVector, TLanes>(x, y, z, share);
                    break;
                default:
                    Update<TVector, TLanes>(x, y, z, share);
                    break;
            }
        }
    }
}
