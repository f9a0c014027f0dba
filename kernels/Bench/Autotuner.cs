namespace ScratchNet.Kernels.Bench;

/// <summary>
/// Finds out which matmul kernel is fastest on a device for each class of products: every rung with every shape of tile that the
/// device can run is checked against double precision and then timed, all in turns.
/// </summary>
/// <param name="backend">The device.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="cancel">Stops between two runs.</param>
internal sealed class Autotuner(GpuBackend backend, TimeProvider clock, CancellationToken cancel = default)
{
    /// <summary>A kernel so much slower than the best at its second call is not timed any further.</summary>
    private const double Hopeless = 3;

    /// <summary>What a first call may take longer than others, as it compiles the kernel.</summary>
    private static readonly TimeSpan Compiling = TimeSpan.FromSeconds(2);

    private static readonly string?[] NoTile = [null];

    private static readonly TimingPlan Plan = new(
        LeastRounds: 5, MostRounds: 30, Noise: 0.03, Budget: TimeSpan.FromMilliseconds(300));

    /// <summary>What stands for each class: shapes of the networks that people train on MNIST.</summary>
    public static IReadOnlyDictionary<MatMulClass, BenchShape[]> Shapes { get; } = new Dictionary<MatMulClass, BenchShape[]>
    {
        [MatMulClass.FewRows] = [new(1, 512, 784), new(4, 128, 784)],
        [MatMulClass.FewColumns] = [new(64, 10, 128), new(512, 10, 128, TransposeA: true)],
        [MatMulClass.Large] = [new(1024, 1024, 1024)],
        [MatMulClass.WeightGradient] = [new(784, 128, 64, TransposeA: true), new(512, 512, 128, TransposeA: true)],
        [MatMulClass.InputGradient] = [new(64, 128, 32, TransposeB: true), new(128, 512, 512, TransposeB: true)],
        [MatMulClass.Layer] = [new(64, 128, 784), new(128, 512, 784)],
    };

    /// <summary>Measures.</summary>
    /// <param name="shapes">What stands for each class, such as <see cref="Shapes"/>.</param>
    /// <param name="tell">Receives what is going on.</param>
    /// <returns>The speed of every kernel that gave right results; the backend goes on with the table it had.</returns>
    public MatMulTuning Run(IReadOnlyDictionary<MatMulClass, BenchShape[]> shapes, Action<string> tell)
    {
        var before = backend.Tuning;
        try
        {
            return new MatMulTuning([.. shapes.SelectMany(of => Measure(of.Key, of.Value, tell))]);
        }
        finally
        {
            backend.Tuning = before;
        }
    }

    /// <summary>
    /// Every kernel of the operation for GPUs, with each of its tiles that the device can run, and without one where it has
    /// another way; the last rungs first, so that the first ones are soon seen to be hopeless.
    /// </summary>
    public IEnumerable<(string Variant, string? Tile)> Candidates() =>
        from variant in MatMulSpec.Operation.Variants.Reverse()
        where variant.Target == Target.Gpu && !variant.IsPeer
        let rung = Rung(variant.Name)
        from tile in rung is null ? NoTile : Tiles(rung)
        select (variant.Name, tile);

    private string?[] Tiles(TileKernels rung) =>
    [
        .. rung.Shapes.Where(shape => shape.WhyNot(backend) is null).Select(shape => shape.Name),
        .. rung.OwnPick is null ? [] : NoTile,
    ];

    private static TileKernels? Rung(string variant) =>
        MatMulSpec.TiledRungs.FirstOrDefault(candidate => candidate.Rung == variant);

    /// <summary>
    /// Whether a candidate is what runs at one of a class's shapes at least: a tile that is larger than c never does, and a
    /// figure under its name would be another's.
    /// </summary>
    private bool Runs(MatMulClass kind, BenchShape[] shapes, (string Variant, string? Tile) candidate)
    {
        if (Rung(candidate.Variant) is not { } rung)
        {
            return true;
        }

        backend.Tuning = Only(kind, candidate);
        return shapes
            .Select(shape => new MatMulCall(
                default, default, default, shape.M, shape.N, shape.K, shape.TransposeA, shape.TransposeB))
            .Any(call => rung.Running(backend, call)?.Name == candidate.Tile);
    }

    /// <summary>Measures all candidates for a class; its best kernels come first.</summary>
    private IEnumerable<TunedKernel> Measure(MatMulClass kind, BenchShape[] shapes, Action<string> tell)
    {
        var speeds = Candidates().Where(candidate => Runs(kind, shapes, candidate))
            .ToDictionary(candidate => candidate, _ => new List<double>());
        foreach (var shape in shapes)
        {
            tell($"tuning {MatMulClasses.NameOf(kind)}: {shape.M}x{shape.N}x{shape.K} {shape.Transpose}");
            foreach (var (candidate, gflops) in Measure(kind, shape, [.. speeds.Keys]))
            {
                speeds[candidate].Add(gflops);
            }
        }

        return from candidate in speeds
               where candidate.Value.Count == shapes.Length
               let gflops = Math.Exp(candidate.Value.Average(Math.Log))
               orderby gflops descending
               select new TunedKernel(kind, candidate.Key.Variant, candidate.Key.Tile, gflops);
    }

    private IEnumerable<((string Variant, string? Tile) Candidate, double Gflops)> Measure(
        MatMulClass kind, BenchShape shape, (string Variant, string? Tile)[] candidates)
    {
        using var bench = new Workbench(backend);
        var ladder = new MatMulBench().Arrange(bench, backend, shape);
        var seconds = new Dictionary<(string Variant, string? Tile), double>();
        var best = double.PositiveInfinity;
        foreach (var candidate in candidates)
        {
            seconds[candidate] = TryOnce(bench, ladder, kind, candidate, Hopeless * best);
            best = Math.Min(best, seconds[candidate]);
        }

        var rest = candidates
            .Where(candidate => double.IsFinite(seconds[candidate]) && seconds[candidate] <= Hopeless * best).ToArray();
        var timings = Interleaved.Time(Plan, clock, [.. rest.Select(candidate => new Contender(
            candidate.Variant, () => Launch(ladder, kind, candidate), Finish: backend.Synchronize))], cancel);
        return [.. rest.Zip(timings, (candidate, timing) => (candidate, ladder.Flops / timing.MedianSeconds / 1e9))];
    }

    /// <summary>
    /// The time of a second call; infinite for a kernel that does not run, gives a wrong result, or is hopeless by its first
    /// call.
    /// </summary>
    private double TryOnce(
        Workbench bench, Ladder ladder, MatMulClass kind, (string Variant, string? Tile) candidate, double hopeless)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            bench.Reset();
            var first = TimeOnce(ladder, kind, candidate);
            return first > hopeless + Compiling.TotalSeconds || bench.Check().Fault is not null
                ? double.PositiveInfinity
                : TimeOnce(ladder, kind, candidate);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A driver that cannot build or launch one kernel: the others are still measured.
            return double.PositiveInfinity;
        }
    }

    private double TimeOnce(Ladder ladder, MatMulClass kind, (string Variant, string? Tile) candidate)
    {
        var start = clock.GetTimestamp();
        Launch(ladder, kind, candidate);
        backend.Synchronize();
        return clock.GetElapsedTime(start).TotalSeconds;
    }

    private static MatMulTuning Only(MatMulClass kind, (string Variant, string? Tile) candidate) =>
        new([new TunedKernel(kind, candidate.Variant, candidate.Tile)]);

    private void Launch(Ladder ladder, MatMulClass kind, (string Variant, string? Tile) candidate)
    {
        backend.Tuning = Only(kind, candidate);
        ladder.Rungs.Single(rung => rung.Variant.Name == candidate.Variant).Run();
    }
}
