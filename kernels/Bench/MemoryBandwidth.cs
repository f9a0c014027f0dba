using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels.Bench;

/// <summary>How fast the processor reads two arrays and writes a third, all far larger than its caches: <c>z = x + s·y</c>.</summary>
internal static class MemoryBandwidth
{
    /// <summary>Floats in an array: 3 arrays of 128 MB.</summary>
    private const int Length = 32 * 1024 * 1024;

    private const int Parts = 64;
    private const int Samples = 7;

    /// <summary>Bandwidth in GB/s: the fastest of several samples. Lines read only to be overwritten are not counted.</summary>
    public static double Gbps(int threads)
    {
        using var backend = new CpuBackend(threads);
        using var x = backend.Allocate<float>(Length);
        using var y = backend.Allocate<float>(Length);
        using var z = backend.Allocate<float>(Length);

        // Memory that was never written is one page of zeros, which is always in cache.
        x.View.AsSpan().Fill(1f);
        y.View.AsSpan().Fill(2f);
        var job = new Triad(x.View, y.View, z.View);
        backend.Team.Run(job, Parts);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            backend.Team.Run(job, Parts);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 3.0 * sizeof(float) * Length / best / 1e9;
    }

    private sealed class Triad(BufferView<float> x, BufferView<float> y, BufferView<float> z) : ParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Execute(int part)
        {
            const int Share = Length / Parts;
            var xs = x.Slice(part * Share, Share).AsSpan();
            var ys = y.Slice(part * Share, Share).AsSpan();
            var zs = z.Slice(part * Share, Share).AsSpan();
            var scale = new Vector<float>(3);
            for (var i = 0; i <= Share - Vector<float>.Count; i += Vector<float>.Count)
            {
                var sum = new Vector<float>(xs[i..]) + (scale * new Vector<float>(ys[i..]));
                sum.CopyTo(zs[i..]);
            }
        }
    }
}
