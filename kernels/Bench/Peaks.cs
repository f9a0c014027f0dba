namespace ScratchNet.Kernels.Bench;

/// <summary>What a device can do at most, as measured in this run: no honest figure lies above.</summary>
internal interface IPeaks
{
    /// <summary>Multiply-adds in GFLOP/s (one counts as two); null where nothing is known.</summary>
    double? Gflops { get; }

    /// <summary>GB/s for a call that moves a number of bytes: small ones stay in a cache. Null where nothing is known.</summary>
    double? Gbps(long bytes);

    /// <summary>
    /// Measures both peaks for such a call once more and keeps the better: the machine may have been busy the first time.
    /// </summary>
    void Remeasure(long bytes);
}

/// <summary>Limits that follow from peaks.</summary>
internal static class PeaksExtensions
{
    /// <summary>The least time in seconds that a call can take (the roofline): what binds is arithmetic or memory.</summary>
    public static (double Seconds, string Limit)? Floor(this IPeaks peaks, long flops, long bytes)
    {
        if (peaks.Gflops is not { } gflops || peaks.Gbps(bytes) is not { } gbps)
        {
            return null;
        }

        var (compute, memory) = (flops / gflops / 1e9, bytes / gbps / 1e9);
        return compute >= memory ? (compute, "fma") : (memory, "bandwidth");
    }

    /// <summary>The peaks of a backend's device; each is measured when it is first asked for.</summary>
    public static IPeaks Of(Backend backend) => backend switch
    {
        CpuBackend cpu => new CpuPeaks(cpu.Team.Threads),
        GpuBackend { RunsThreadsInTurn: true } gpu => new CpuPeaks(gpu.Device.Units),
        GpuBackend { Device.Kind: not DeviceKind.Simulator } gpu => new GpuPeaks(gpu),
        _ => new NoPeaks(),
    };

    /// <summary>A simulator's: it is no hardware.</summary>
    private sealed class NoPeaks : IPeaks
    {
        public double? Gflops => null;

        public double? Gbps(long bytes) => null;

        public void Remeasure(long bytes)
        {
            // There is nothing to measure.
        }
    }
}

/// <summary>The processor's peaks.</summary>
/// <param name="threads">Threads that share the work.</param>
internal sealed class CpuPeaks(int threads) : IPeaks
{
    private readonly Dictionary<long, double> _bandwidths = [];
    private double? _gflops;

    public double? Gflops => _gflops ??= FmaPeak.Gflops(threads);

    public double? Gbps(long bytes)
    {
        var size = Footprint(bytes);
        return _bandwidths.TryGetValue(size, out var known) ? known : _bandwidths[size] = MemoryBandwidth.Gbps(threads, size);
    }

    public void Remeasure(long bytes)
    {
        var size = Footprint(bytes);
        _gflops = Math.Max(_gflops ?? 0, FmaPeak.Gflops(threads));
        _bandwidths[size] = Math.Max(_bandwidths.GetValueOrDefault(size), MemoryBandwidth.Gbps(threads, size));
    }

    /// <summary>
    /// Size of the data behind a call: half of the bytes that it moves, as what is updated in place moves twice, then rounded
    /// down to a power of two, so that few sizes are measured. Less data is never slower: the peak stays a peak.
    /// </summary>
    internal static long Footprint(long bytes)
    {
        const long Least = 4096;
        return Math.Min(MemoryBandwidth.OutOfCache, 1L << (63 - (int)long.LeadingZeroCount(Math.Max(bytes / 2, Least))));
    }
}
