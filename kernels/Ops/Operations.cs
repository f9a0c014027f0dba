namespace ScratchNet.Kernels;

/// <summary>Every operation there is. Tests, benchmarks and the command line walk this list.</summary>
public static class Operations
{
    /// <summary>All operations, in the order in which a training step uses them.</summary>
    public static IReadOnlyList<Operation> All { get; } =
    [
        GatherSpec.Operation,
        AugmentSpec.Operation,
        MatMulSpec.Operation,
        ActivationSpec.Forward,
        DropoutSpec.Forward,
        SoftmaxCrossEntropySpec.Operation,
        BinaryCrossEntropySpec.Operation,
        MetricsSpec.Operation,
        HardestSpec.Operation,
        ArgMaxSpec.Operation,
        DropoutSpec.Backward,
        ActivationSpec.Backward,
        ColumnSumsSpec.Operation,
        SquaredSumSpec.Operation,
        ClipNormSpec.Operation,
        SgdSpec.Operation,
        AdamSpec.Operation,
        MovingAverageSpec.Operation,
    ];
}
