using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;
using ScratchNet.Tests.Bench;
using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>Choosing kernels by measuring, and what a device that cannot run one does instead; shown on the simulator.</summary>
public sealed class AutotunerTests : IDisposable
{
    private readonly GpuBackend _backend = GpuDevices.OpenSimulator(warpSize: 32, groupSize: 16);

    [Fact]
    public void Every_kernel_that_the_device_can_run_is_a_candidate()
    {
        var candidates = new Autotuner(_backend, TimeProvider.System).Candidates().ToArray();
        Assert.Contains(("naive", null), candidates);
        Assert.Contains(("warp-tile", "32x32x8"), candidates);
        Assert.Contains(("direct", "8x16"), candidates);
        Assert.DoesNotContain(candidates, candidate => candidate.Tile == "128x128x8" || candidate.Variant == "cublas");
    }

    [Fact]
    public void Every_candidate_that_runs_is_measured_and_the_table_before_stays()
    {
        var before = _backend.Tuning;
        var shapes = new Dictionary<MatMulClass, BenchShape[]> { [MatMulClass.FewColumns] = [new(9, 8, 4)] };
        var tuner = new Autotuner(_backend, new SteppingClock());
        var tuning = tuner.Run(shapes, _ => { });
        Assert.Same(before, _backend.Tuning);
        var candidates = tuner.Candidates()
            .Where(candidate => candidate.Variant != "direct" || candidate.Tile is "8x8" or "4x8");
        Assert.Equal(candidates.Order(), tuning.Kernels.Select(kernel => (kernel.Variant, kernel.Tile)).Order());
        Assert.All(tuning.Kernels, kernel => Assert.True(kernel is { Class: MatMulClass.FewColumns, Gflops: > 0 }));
    }

    [Theory]
    [InlineData(1, false, "1x16 1x32")]
    [InlineData(8, false, "1x16 1x32 4x16 4x32 4x8 8x16 8x8")]
    [InlineData(16, true, "")]
    public void A_tile_is_kept_only_where_it_is_what_runs(int m, bool transposeB, string tiles)
    {
        using var device = GpuDevices.OpenSimulator();
        var shape = new BenchShape(m, 32, 5, TransposeB: transposeB);
        var kind = MatMulClasses.Of(new MatMulCall(default, default, default, m, 32, 5, TransposeB: transposeB));
        var shapes = new Dictionary<MatMulClass, BenchShape[]> { [kind] = [shape] };
        var tuning = new Autotuner(device, new SteppingClock()).Run(shapes, _ => { });
        var kept = tuning.Kernels.Where(kernel => kernel.Variant == "direct").Select(kernel => kernel.Tile);
        Assert.Equal((true, tiles), (kept.Any(), string.Join(' ', kept.Order())));
    }

    [Fact]
    public void Training_takes_what_the_table_says()
    {
        using var memory = _backend.Allocate<float>(64);
        var call = new MatMulCall(memory.View, memory.View, memory.View, 8, 8, 8);
        var kind = MatMulClasses.Of(call);
        _backend.Tuning = new MatMulTuning([new TunedKernel(kind, "register-2d", "32x32x8")]);
        Assert.Equal("register-2d", MatMulSpec.Operation.Choose(_backend, call).Name);
        Assert.Equal("32x32x8", MatMulRegister2D.Tiles.Pick(_backend, call).Name);
    }

    [Fact]
    public void A_class_that_the_table_lacks_is_left_to_the_built_in_choice()
    {
        using var real = GpuDevices.OpenSimulator(warpSize: 32);
        using var memory = real.Allocate<float>(64);
        var call = new MatMulCall(memory.View, memory.View, memory.View, 8, 8, 8);
        var builtIn = MatMulSpec.Operation.Choose(real, call).Name;
        Assert.NotEqual("tiled", builtIn);
        real.Tuning = new MatMulTuning([new TunedKernel(MatMulClass.WeightGradient, "register-2d", null)]);
        Assert.Equal(builtIn, MatMulSpec.Operation.Choose(real, call).Name);
    }

    [Fact]
    public void A_simulator_is_not_tuned() => InProcess.Refuses(ExitCode.Failure, "tune --device simulator", "no hardware");

    [Fact]
    public void A_tile_that_is_too_large_is_passed_over()
    {
        using var memory = _backend.Allocate<float>(64);
        var call = new MatMulCall(memory.View, memory.View, memory.View, 8, 8, 8);
        _backend.Tuning = new MatMulTuning([new TunedKernel(MatMulClasses.Of(call), "warp-tile", "128x128x8")]);
        Assert.Equal("32x32x8", MatMulWarpTile.Tiles.Pick(_backend, call).Name);
    }

    [Fact]
    public void A_rung_whose_every_tile_is_too_large_says_why_and_the_rest_runs()
    {
        using var small = GpuDevices.OpenSimulator(warpSize: 4, groupSize: 8);
        var rows = new BenchRunner(small, PeaksExtensions.Of(small), TimingPlan.Fixed, new SteppingClock())
            .Run(new MatMulBench(), new BenchShape(8, 16, 8), ["naive", "warp-tile", "direct", "cublas"]);
        var reasons = rows.ToDictionary(row => row.Variant, row => row.Reason);
        Assert.Contains(
            "needs groups of 16 threads, and simulator has at most 8", reasons["warp-tile"], StringComparison.Ordinal);
        Assert.Contains("CUDA devices only", reasons["cublas"], StringComparison.Ordinal);
        Assert.Null(reasons["naive"]);
        Assert.Null(reasons["direct"]);
    }

    [Fact]
    public void A_tile_with_too_much_shared_memory_says_why()
    {
        var tile = MatMulDoubleBuffered.Tiles.Shapes.Single(shape => shape.Name == "32x32x8")
            with { SharedBytes = long.MaxValue };
        Assert.Contains("bytes of shared memory a group", tile.WhyNot(_backend), StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_there_has_no_row_unless_asked_for()
    {
        var runner = new BenchRunner(_backend, PeaksExtensions.Of(_backend), TimingPlan.Fixed, new SteppingClock());
        Assert.DoesNotContain(runner.Run(new MatMulBench(), new BenchShape(4, 4, 4)), row => row.Variant == "cublas");
    }

    [Theory]
    [InlineData(1, 512, 784, false, false, "few-rows")]
    [InlineData(64, 10, 128, false, false, "few-columns")]
    [InlineData(512, 512, 512, true, false, "large")]
    [InlineData(784, 128, 64, true, false, "weight-gradient")]
    [InlineData(64, 784, 128, false, true, "input-gradient")]
    [InlineData(64, 128, 784, false, false, "layer")]
    public void Every_product_has_a_class(int m, int n, int k, bool transposeA, bool transposeB, string name) => Assert.Equal(
        name, MatMulClasses.NameOf(MatMulClasses.Of(new MatMulCall(default, default, default, m, n, k, transposeA, transposeB))));

    [Fact]
    public void What_stands_for_a_class_belongs_to_it()
    {
        Assert.Equal(MatMulClasses.All, Autotuner.Shapes.Keys.Order());
        Assert.All(Autotuner.Shapes, of => Assert.All(of.Value, shape => Assert.Equal(of.Key, MatMulClasses.Of(
            new MatMulCall(default, default, default, shape.M, shape.N, shape.K, shape.TransposeA, shape.TransposeB)))));
    }

    public void Dispose() => _backend.Dispose();
}
