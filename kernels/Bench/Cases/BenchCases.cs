namespace ScratchNet.Kernels.Bench;

/// <summary>How each operation is measured.</summary>
internal static class BenchCases
{
    /// <summary>One case for each operation of <see cref="Operations.All"/>, in the same order.</summary>
    public static IReadOnlyList<BenchCase> All { get; } =
    [
        new GatherBench(),
        new AugmentBench(),
        new MatMulBench(),
        new ActivationForwardBench(),
        new DropoutForwardBench(),
        new SoftmaxCrossEntropyBench(),
        new BinaryCrossEntropyBench(),
        new MetricsBench(),
        new HardestBench(),
        new ArgMaxBench(),
        new DropoutBackwardBench(),
        new ActivationBackwardBench(),
        new ColumnSumsBench(),
        new SquaredSumBench(),
        new ClipNormBench(),
        new SgdBench(),
        new AdamBench(),
        new MovingAverageBench(),
    ];

    /// <summary>The case of an operation.</summary>
    public static BenchCase For(Operation operation) => All.Single(bench => bench.Operation == operation);
}
