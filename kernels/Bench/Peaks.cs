namespace ScratchNet.Kernels.Bench;

/// <summary>What a device can do at most, as measured in this run: no honest figure lies above.</summary>
internal interface IPeaks
{
    /// <summary>Multiply-adds in GFLOP/s (one counts as two); null where nothing is known.</summary>
    double? Gflops { get; }

    /// <summary>
    /// GB/s for a call that moves this much in this mix: little data stays in a cache. Null where nothing is known.
    /// </summary>
    double? Gbps(Traffic traffic);

    /// <summary>
    /// Measures both peaks for such a call once more and keeps the better: the machine may have been busy the first time.
    /// </summary>
    void Remeasure(Traffic traffic);
}

/// <summary>Limits that follow from peaks.</summary>
internal static class PeaksExtensions
{
    /// <summary>
    /// The peak is itself measured, on a clock that moves: a figure this much above it may still be noise; beyond, something
    /// was measured wrongly.
    /// </summary>
    public const double Tolerance = 1.10;

    /// <summary>
    /// The least time in seconds for calls that run one after the other. Where it is above the time that was measured, by more
    /// than the tolerance, the peaks of each call are measured again.
    /// </summary>
    /// <param name="peaks">The device's peaks.</param>
    /// <param name="parts">Work of the calls, and what each moves.</param>
    /// <param name="seconds">What they took together.</param>
    /// <param name="tolerance">How many times as long as they took the least time may be and still be taken for noise.</param>
    /// <returns>
    /// The time, what binds (<c>floor</c> for several calls), and why the time that was measured is not to be believed, if so;
    /// null where nothing is known of the device.
    /// </returns>
    public static (double Seconds, string Limit, string? Refusal)? Judge(
        this IPeaks peaks, IReadOnlyList<(long Flops, Traffic Traffic)> parts, double seconds, double tolerance = Tolerance)
    {
        if (peaks.Floor(parts) is { } first && first.Seconds > tolerance * seconds)
        {
            foreach (var traffic in parts.Select(part => part.Traffic).Distinct())
            {
                peaks.Remeasure(traffic);
            }
        }

        if (peaks.Floor(parts) is not { } floor)
        {
            return null;
        }

        var isBelieved = floor.Seconds <= tolerance * seconds;
        return (floor.Seconds, floor.Limit, isBelieved ? null
            : FormattableString.Invariant($"refused: {100 * floor.Seconds / seconds:F0} % of the measured ")
                + $"{(parts.Count == 1 ? floor.Limit + " peak" : "peaks")}, so something was measured wrongly");
    }

    /// <summary>The least time in seconds for calls that run one after the other, and what binds.</summary>
    private static (double Seconds, string Limit)? Floor(this IPeaks peaks, IReadOnlyList<(long Flops, Traffic Traffic)> parts)
    {
        var floors = parts.Select(part => peaks.Floor(part.Flops, part.Traffic)).ToArray();
        return floors.Any(floor => floor is null) ? null
            : floors is [{ } only] ? only
            : (floors.Sum(floor => floor!.Value.Seconds), "floor");
    }

    /// <summary>The least time in seconds that a call can take (the roofline): what binds is arithmetic or memory.</summary>
    public static (double Seconds, string Limit)? Floor(this IPeaks peaks, long flops, Traffic traffic)
    {
        if (peaks.Gflops is not { } gflops || peaks.Gbps(traffic) is not { } gbps)
        {
            return null;
        }

        var (compute, memory) = (flops / gflops / 1e9, traffic.Bytes / gbps / 1e9);
        return compute >= memory ? (compute, "fma") : (memory, "bandwidth");
    }

    /// <summary>The peaks of a backend's device; each is measured when it is first asked for.</summary>
    public static IPeaks Of(Backend backend) => backend switch
    {
        CpuBackend cpu => new CpuPeaks(cpu.Team.Threads),
        { Device.Kind: DeviceKind.Simulator } => new NoPeaks(),
        GpuBackend { RunsThreadsInTurn: true } gpu => new CpuPeaks(gpu.Device.Units),
        GpuBackend gpu => new GpuPeaks(gpu),
        _ => new NoPeaks(),
    };

    /// <summary>A simulator's: it is no hardware.</summary>
    private sealed class NoPeaks : IPeaks
    {
        public double? Gflops => null;

        public double? Gbps(Traffic traffic) => null;

        public void Remeasure(Traffic traffic)
        {
            // There is nothing to measure.
        }
    }
}

/// <summary>The processor's peaks.</summary>
/// <param name="threads">Threads that share the work.</param>
internal sealed class CpuPeaks(int threads) : IPeaks
{
    private readonly Dictionary<Traffic, double> _bandwidths = [];
    private double? _gflops;

    public double? Gflops => _gflops ??= FmaPeak.Gflops(threads);

    public double? Gbps(Traffic traffic) => _bandwidths.TryGetValue(traffic, out var known)
        ? known : _bandwidths[traffic] = MemoryBandwidth.Gbps(threads, traffic);

    public void Remeasure(Traffic traffic)
    {
        _gflops = Math.Max(_gflops ?? 0, FmaPeak.Gflops(threads));
        _bandwidths[traffic] = Math.Max(_bandwidths.GetValueOrDefault(traffic), MemoryBandwidth.Gbps(threads, traffic));
    }
}
