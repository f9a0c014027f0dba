using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Bench;

/// <summary>The bench believes nothing unchecked: results, peaks, noise.</summary>
public class BenchRunnerTests
{
    private static readonly TimingPlan Quick = new(LeastRounds: 3, MostRounds: 3, Noise: 0, Budget: TimeSpan.FromSeconds(1));

    public static TheoryData<string> EveryOperation() => [.. Operations.All.Select(operation => operation.Name)];

    [Fact]
    public void Every_operation_has_a_case() => Assert.Equal(Operations.All, BenchCases.All.Select(bench => bench.Operation));

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void Every_cpu_variant_is_right_at_an_awkward_size(string operation)
    {
        using var backend = new CpuBackend(2);
        var bench = BenchCases.All.Single(candidate => candidate.Operation.Name == operation);
        IReadOnlyList<int>[] sizes = [[37, 13, 29], [37, 13], [37]];
        var shapes = sizes.Select(bench.Read).First(read => read.Count > 0);
        var rows = shapes.SelectMany(shape => Runner(backend, new FakePeaks(1e9)).Run(bench, shape)).ToArray();
        Assert.Equal(shapes.Count * bench.Operation.Variants.Count(variant => variant.Target == Target.Cpu), rows.Length);
        Assert.All(rows, row =>
            Assert.True(row is { Verified: true, MedianSeconds: > 0, Gflops: > 0, Reason: null }, row.Reason));
        Assert.Single(rows.Where(row => row.IsChosen).Select(row => row.Variant).Distinct());
    }

    [Fact]
    public void A_figure_above_the_peak_is_refused_after_the_peak_was_measured_again()
    {
        // On this clock every sample lasts 1 ms, so whatever runs is far above a peak of 1e-9 GFLOP/s.
        using var backend = new CpuBackend(1);
        var peaks = new FakePeaks(1e-9);
        var row = Assert.Single(Runner(backend, peaks, new SteppingClock()).Run(Product, new BenchShape(8, 8, 8), ["simd"]));
        Assert.StartsWith("refused", row.Reason, StringComparison.Ordinal);
        Assert.Equal((null, null, null), (row.MedianSeconds, row.Gflops, row.PercentOfPeak));
        Assert.True(row.Verified);
        Assert.Equal(1, peaks.Remeasured);
    }

    [Fact]
    public void Figures_follow_from_the_clock_and_the_counts()
    {
        // 1 ms a sample of one run: 2·8·8·8 operations in 1 ms are 1.024e-3 GFLOP/s, of a peak of 2.048e-3 half.
        using var backend = new CpuBackend(1);
        var runner = Runner(backend, new FakePeaks(2.048e-3), new SteppingClock());
        var row = Assert.Single(runner.Run(Product, new BenchShape(8, 8, 8), ["simd"]));
        Assert.Equal(1e-3, row.MedianSeconds!.Value, 12);
        Assert.Equal(1.024e-3, row.Gflops!.Value, 12);
        Assert.Equal(50, row.PercentOfPeak!.Value, 9);
        Assert.Equal("fma", row.Limit);
        Assert.Equal((1e-3, 1e-3), (row.LowSeconds!.Value, row.HighSeconds!.Value));
    }

    [Fact]
    public void A_variant_of_another_target_is_a_row_with_its_reason()
    {
        using var backend = new CpuBackend(1);
        var row = Assert.Single(Runner(backend, new FakePeaks(1)).Run(Product, new BenchShape(8, 8, 8), ["naive"]));
        Assert.False(row.Verified);
        Assert.Contains("not for cpu", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_takes_very_long_is_run_once_and_still_checked()
    {
        using var backend = new CpuBackend(1);
        var runner = Runner(backend, new FakePeaks(1), new SteppingClock(20_000));
        var row = Assert.Single(runner.Run(Product, new BenchShape(8, 8, 8), ["simd"]));
        Assert.True(row.Verified);
        Assert.Equal((20.0, null, null, null), (row.MedianSeconds, row.CompileSeconds, row.Spread, row.LowSeconds));
    }

    [Fact]
    public void An_interruption_ends_the_exact_product_and_comes_between_the_first_runs()
    {
        using var backend = new CpuBackend(1);
        using var bench = new Workbench(backend, new CancellationToken(canceled: true));
        Assert.ThrowsAny<OperationCanceledException>(() => Product.Arrange(bench, backend, new BenchShape(8, 8, 8)));

        using var source = new CancellationTokenSource();
        var clock = new CancellingClock(source);
        var runner = new BenchRunner(backend, new FakePeaks(1e9), Quick, clock, source.Token);
        Assert.Throws<OperationCanceledException>(() => runner.Run(Product, new BenchShape(8, 8, 8), ["simd"]));
        Assert.Equal(2, clock.Calls);
    }

    [Fact]
    public void Too_little_memory_is_a_reason_for_every_variant()
    {
        using var backend = GpuDevices.OpenSimulator(memoryBytes: 1000);
        var rows = Runner(backend, new FakePeaks(1)).Run(Product, new BenchShape(64, 64, 64));
        Assert.Equal(Product.Operation.Variants.Count(variant => variant is { Target: Target.Gpu, IsPeer: false }), rows.Count);
        Assert.All(rows, row => Assert.Contains("memory", row.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_updated_is_brought_to_the_device_and_back_and_what_is_overwritten_only_back()
    {
        using var backend = GpuDevices.OpenSimulator();
        using var bench = new Workbench(backend);
        bench.Input(new float[3]);
        bench.Updated(new float[5], new double[5], tolerance: 1);
        bench.Output(new double[7], tolerance: 1);
        var (up, down) = (backend.Transfers.UploadedBytes, backend.Transfers.DownloadedBytes);
        bench.MeasureCopies();
        Assert.Equal(
            (4L * (3 + 5), 4L * (5 + 7)), (backend.Transfers.UploadedBytes - up, backend.Transfers.DownloadedBytes - down));
    }

    [Theory]
    [InlineData(new[] { 1f, 2f, 3f }, true)]
    [InlineData(new[] { 1f, 2f, float.NaN }, false)]
    [InlineData(new[] { float.NaN, 2f, 3f }, false)]
    [InlineData(new[] { 1f, float.PositiveInfinity, 3f }, false)]
    [InlineData(new[] { 1f, 2f, 3.001f }, false)]
    public void A_wrong_or_unwritten_value_is_found(float[] actual, bool isRight) =>
        Assert.Equal(isRight, Workbench.Compare(actual, [1, 2, 3], tolerance: 4).Fault is null);

    [Fact]
    public void Errors_count_in_units_of_the_last_place()
    {
        var next = MathF.BitIncrement(MathF.BitIncrement(4f));
        Assert.Equal(2, Workbench.Compare([next, 4f], [4, 4], tolerance: 4).ErrorUlp);
    }

    [Fact]
    public void The_measured_peaks_are_those_of_a_real_machine()
    {
        // Any processor of this century moves a byte and adds a number in a nanosecond.
        Assert.True(MemoryBandwidth.Gbps(1, new Traffic(8192, Written: 8192)) > 1);
        Assert.True(FmaPeak.Gflops(1) > 1);
    }

    [Fact]
    public void The_kernels_that_measure_a_gpu_run()
    {
        using var backend = GpuDevices.OpenSimulator();
        var peaks = new GpuPeaks(backend);
        Assert.True(peaks.MeasureFma(steps: 4) > 0);
        Assert.All(
            [new Traffic(9), new Traffic(4, Written: 4), new Traffic(4, Updated: 12)],
            traffic => Assert.True(peaks.MeasureBandwidth(traffic) > 0));
    }

    [Theory]
    [InlineData(8, 0, 0, 3)]
    [InlineData(4, 4, 0, 1)]
    [InlineData(8, 4, 0, 1)]
    [InlineData(1, 4, 0, 1)]
    [InlineData(4, 0, 12, 1)]
    [InlineData(40, 2, 0, 3)]
    [InlineData(0, 0, 8, 1)]
    public void A_mix_of_traffic_finds_its_loops(long read, long written, long updated, int loops)
    {
        var traffic = new Traffic(read, written, updated);
        var patterns = TrafficPattern.NearestTo(traffic);
        Assert.Equal(loops, patterns.Count);
        Assert.All(patterns, pattern =>
            Assert.Equal((written > read / 8, updated > 0), (pattern.Writes > 0, pattern.Updates > 0)));
    }

    [Fact]
    public void What_is_updated_moves_twice()
    {
        var traffic = new Traffic(Read: 1, Written: 2, Updated: 4);
        Assert.Equal((11, 7), (traffic.Bytes, traffic.Footprint));
    }

    private static BenchCase Product => BenchCases.For(MatMulSpec.Operation);

    private static BenchRunner Runner(Backend backend, IPeaks peaks, TimeProvider? clock = null) =>
        new(backend, peaks, Quick, clock ?? TimeProvider.System);

    /// <summary>Cancels when it is first asked the time.</summary>
    private sealed class CancellingClock(CancellationTokenSource source) : TimeProvider
    {
        public int Calls { get; private set; }

        public override long GetTimestamp()
        {
            Calls++;
            source.Cancel();
            return base.GetTimestamp();
        }
    }
}
