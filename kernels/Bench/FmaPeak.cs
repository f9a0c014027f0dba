using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// The most multiply-adds that the processor can do: chains of them in registers, with no memory in the way, twelve at a time
/// so that none waits for its predecessor. No kernel can be faster.
/// </summary>
internal static class FmaPeak
{
    private const int ChainCount = 12;
    private const int Steps = 1_000_000;
    private const int Samples = 15;

    /// <summary>Peak of the widest vectors in GFLOP/s.</summary>
    public static double Gflops(int threads) => Gflops(threads, WidestVector());

    /// <summary>Peak in GFLOP/s: the fastest of several samples, as noise only ever slows down.</summary>
    /// <param name="threads">Threads that run the chains at the same time.</param>
    /// <param name="bits">Vector width: 128, 256 or 512.</param>
    public static double Gflops(int threads, int bits)
    {
        using var team = new ThreadTeam(threads);
        var job = new Job(bits);
        team.Run(job, threads);
        var flops = Flops(threads, bits);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            team.Run(job, threads);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return flops / best / 1e9;
    }

    /// <summary>
    /// The chains of the widest vectors, on all threads of a team: something to be timed in turns with what is judged by it.
    /// </summary>
    /// <param name="team">The threads.</param>
    /// <param name="seconds">How long a run is to last, about: a long run is slowed by other things than a short one.</param>
    /// <returns>The run and its floating-point operations.</returns>
    public static (Action Run, double Flops) Chains(ThreadTeam team, double seconds)
    {
        var bits = WidestVector();
        var job = new Job(bits);
        var flops = Flops(team.Threads, bits);
        var start = Stopwatch.GetTimestamp();
        team.Run(job, team.Threads);
        var repeats = Math.Max((int)Math.Round(seconds / Stopwatch.GetElapsedTime(start).TotalSeconds), 1);
        return (() =>
        {
            for (var i = 0; i < repeats; i++)
            {
                team.Run(job, team.Threads);
            }
        }, repeats * flops);
    }

    private static double Flops(int threads, int bits) => 2.0 * threads * ChainCount * Steps * (bits / 32);

    /// <summary>Width in bits of the widest vectors that are hardware.</summary>
    public static int WidestVector() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        // x = x·0.5 + 1 stays near 2: neither overflow nor denormals slow it down.
        var half = TLanes.Broadcast(0.5f);
        var one = TLanes.Broadcast(1);
        TVector x0 = one, x1 = one, x2 = one, x3 = one, x4 = one, x5 = one;
        TVector x6 = one, x7 = one, x8 = one, x9 = one, x10 = one, x11 = one;
        for (var i = 0; i < Steps; i++)
        {
            x0 = TLanes.MultiplyAdd(x0, half, one);
            x1 = TLanes.MultiplyAdd(x1, half, one);
            x2 = TLanes.MultiplyAdd(x2, half, one);
            x3 = TLanes.MultiplyAdd(x3, half, one);
            x4 = TLanes.MultiplyAdd(x4, half, one);
            x5 = TLanes.MultiplyAdd(x5, half, one);
            x6 = TLanes.MultiplyAdd(x6, half, one);
            x7 = TLanes.MultiplyAdd(x7, half, one);
            x8 = TLanes.MultiplyAdd(x8, half, one);
            x9 = TLanes.MultiplyAdd(x9, half, one);
            x10 = TLanes.MultiplyAdd(x10, half, one);
            x11 = TLanes.MultiplyAdd(x11, half, one);
        }

        var first = TLanes.Add(TLanes.Add(TLanes.Add(x0, x1), TLanes.Add(x2, x3)), TLanes.Add(x4, x5));
        var last = TLanes.Add(TLanes.Add(TLanes.Add(x6, x7), TLanes.Add(x8, x9)), TLanes.Add(x10, x11));
        return TLanes.Sum(TLanes.Add(first, last));
    }

    private sealed class Job(int bits) : ParallelJob
    {
        private float _sink;

        public override void Execute(int part) => Volatile.Write(ref _sink, bits switch
        {
            512 => Run<Vector512<float>, Lanes512>(),
            256 => Run<Vector256<float>, Lanes256>(),
            _ => Run<Vector128<float>, Lanes128>(),
        });
    }
}
