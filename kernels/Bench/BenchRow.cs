namespace ScratchNet.Kernels.Bench;

/// <summary>
/// One variant at one size on one device: what the bench shows as a row. Figures that were not measured, or are not to be
/// believed, are null.
/// </summary>
internal sealed record BenchRow
{
    /// <summary>The operation's name.</summary>
    public required string Op { get; init; }

    /// <summary>The variant's name, or a peer's.</summary>
    public required string Variant { get; init; }

    /// <summary>The device's id, such as <c>cpu</c> or <c>opencl:0</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>The device's id, with the number of threads where there are any.</summary>
    public string Place => NameOf(Backend, Threads);

    /// <summary>What tells the row from others of its size.</summary>
    public string Title => $"{Variant} ({Place})";

    /// <summary>What the device's maker calls it.</summary>
    public required string Device { get; init; }

    /// <summary>What tells the device from others of that name, such as the sizes of its caches.</summary>
    public string? Capabilities { get; init; }

    /// <summary>The size.</summary>
    public required BenchShape Shape { get; init; }

    /// <summary>The size in words.</summary>
    public required string Sizes { get; init; }

    /// <summary>Threads for the processor; 0 elsewhere.</summary>
    public int Threads { get; init; }

    /// <summary>Whether training would use this variant here.</summary>
    public bool IsChosen { get; init; }

    /// <summary>Median time of a run.</summary>
    public double? MedianSeconds { get; init; }

    /// <summary>Lower end of the median's 95 % interval.</summary>
    public double? LowSeconds { get; init; }

    /// <summary>Upper end of the median's 95 % interval.</summary>
    public double? HighSeconds { get; init; }

    /// <summary>Distance between the quartiles, as a share of the median.</summary>
    public double? Spread { get; init; }

    /// <summary>10^9 floating-point operations a second, counted by the formula.</summary>
    public double? Gflops { get; init; }

    /// <summary>10^9 bytes a second, counting what must be moved.</summary>
    public double? Gbps { get; init; }

    /// <summary>The least time that the measured peaks allow, as a share of the median, in percent.</summary>
    public double? PercentOfPeak { get; init; }

    /// <summary>The least time that the measured peaks allow.</summary>
    public double? FloorSeconds { get; init; }

    /// <summary>The multiply-add rate as a share of the measured one, in percent, whatever binds.</summary>
    public double? PercentOfFma { get; init; }

    /// <summary>Which peak binds: <c>fma</c> or <c>bandwidth</c>.</summary>
    public string? Limit { get; init; }

    /// <summary>Largest error against double precision, in units of the last place.</summary>
    public double? ErrorUlp { get; init; }

    /// <summary>What the first call took longer than the second; null when it took so long that there was no second.</summary>
    public double? CompileSeconds { get; init; }

    /// <summary>Time to bring the inputs to the device and the outputs back.</summary>
    public double? CopySeconds { get; init; }

    /// <summary>Kernels that a GPU was told to run for a training step; null elsewhere.</summary>
    public long? Launches { get; init; }

    /// <summary>For a variant's time over an epoch: what it saves against the slowest.</summary>
    public double? SavesSeconds { get; init; }

    /// <summary>Whether the result was compared and found right.</summary>
    public bool Verified { get; init; }

    /// <summary>Why there is no figure; null when there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the variant gave a wrong result.</summary>
    public bool IsWrong { get; init; }

    /// <summary>Threads of a backend, as <see cref="Threads"/> counts them.</summary>
    public static int ThreadsOf(Backend backend) => backend is CpuBackend cpu ? cpu.Team.Threads : 0;

    /// <summary>What <see cref="Place"/> calls a backend.</summary>
    public static string PlaceOf(Backend backend) => NameOf(backend.Device.Id, ThreadsOf(backend));

    private static string NameOf(string device, int threads) => threads > 0 ? $"{device} x{threads}" : device;
}
