using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>The case of every operation, in the order of <see cref="Operations.All"/>.</summary>
internal static class Cases
{
    public static IReadOnlyList<OperationCase> All { get; } =
    [
        new GatherCase(),
        new AugmentCase(),
        new MatMulCase(MatMulSpec.Operation),
        new ActivationForwardCase(),
        new DropoutForwardCase(),
        new SoftmaxCrossEntropyCase(),
        new BinaryCrossEntropyCase(),
        new MetricsCase(),
        new HardestCase(),
        new ArgMaxCase(),
        new DropoutBackwardCase(),
        new ActivationBackwardCase(),
        new ColumnSumsCase(),
        new SquaredSumCase(),
        new ClipNormCase(),
        new SgdCase(),
        new AdamCase(),
        new MovingAverageCase(),
    ];

    public static OperationCase For(string operation) =>
        All.SingleOrDefault(test => test.Operation.Name == operation)
        ?? throw new InvalidOperationException($"{operation} has no test case: add one to {nameof(Cases)}.");
}
