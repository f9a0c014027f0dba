namespace ScratchNet.Kernels.Bench;

/// <summary>Operations on each element on its own: a size is their number.</summary>
internal abstract class ElementBench<TCall>(Operation<TCall> operation, string group) : BenchCase<TCall>(operation, group)
    where TCall : struct, IOperationCall
{
    /// <summary>A layer's activations at batch 64, in a cache; and a number that fits none.</summary>
    private static readonly int[] DefaultCounts = [64 * 512, 1 << 24];

    public override string SizeForm => "N, or MxN";

    public override IReadOnlyList<BenchShape> DefaultShapes => [.. DefaultCounts.SelectMany(Shapes)];

    public override IReadOnlyList<BenchShape> SmallShapes => Shapes(1000);

    public override IReadOnlyList<BenchShape> Read(IReadOnlyList<int> sizes) => sizes switch
    {
        [var count] => Shapes(count),
        [var rows, var columns] => Shapes(checked(rows * columns)),
        _ => [],
    };

    /// <summary>What is measured for a number of elements.</summary>
    protected virtual IReadOnlyList<BenchShape> Shapes(int count) => [new BenchShape(count)];
}

/// <summary>What activations forward and backward share: each function is measured.</summary>
internal abstract class ActivationBench<TCall>(Operation<TCall> operation) : ElementBench<TCall>(operation, "activation")
    where TCall : struct, IOperationCall
{
    private static readonly Activation[] Kinds = [Activation.Relu, Activation.Sigmoid, Activation.Tanh];

    protected override IReadOnlyList<BenchShape> Shapes(int count) =>
        [.. Kinds.Select(kind => new BenchShape(count, Detail: kind.ToString().ToLowerInvariant()))];

    protected static Activation Kind(BenchShape shape) =>
        Kinds.Single(kind => kind.ToString().Equals(shape.Detail, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Activations.</summary>
internal sealed class ActivationForwardBench() : ActivationBench<ActivationForwardCall>(ActivationSpec.Forward)
{
    public override ActivationForwardCall Prepare(Workbench bench, BenchShape shape)
    {
        var x = bench.Numbers(shape.M, -6, 6);
        var y = new double[x.Length];
        ActivationReference.Forward(Workbench.Wide(x), y, Kind(shape));
        return new ActivationForwardCall(bench.Input(x), bench.Output(y, FewRoundings), shape.M, Kind(shape));
    }
}

/// <summary>Their gradients.</summary>
internal sealed class ActivationBackwardBench() : ActivationBench<ActivationBackwardCall>(ActivationSpec.Backward)
{
    public override ActivationBackwardCall Prepare(Workbench bench, BenchShape shape)
    {
        var (y, dy) = (bench.Numbers(shape.M), bench.Numbers(shape.M));
        var dx = new double[y.Length];
        ActivationReference.Backward(Workbench.Wide(y), Workbench.Wide(dy), dx, Kind(shape));
        return new ActivationBackwardCall(bench.Input(y), bench.Input(dy), bench.Output(dx, FewRoundings), shape.M, Kind(shape));
    }
}

/// <summary>Dropout at the usual rate.</summary>
internal sealed class DropoutForwardBench() : ElementBench<DropoutForwardCall>(DropoutSpec.Forward, "activation")
{
    private const float Rate = 0.5f;

    public override DropoutForwardCall Prepare(Workbench bench, BenchShape shape)
    {
        const ulong Seed = 1;
        var x = bench.Numbers(shape.M);
        double[] y = new double[x.Length], mask = new double[x.Length];
        DropoutReference.Forward(
            Workbench.Wide(x), y, mask, DropoutForwardCall.ThresholdOf(Rate), 1.0 / (1 - Rate), Seed, layer: 0, step: 1);
        return new DropoutForwardCall(
            bench.Input(x), bench.Output(y, FewRoundings), bench.Output(mask, FewRoundings), shape.M, Rate, Seed, 0, 1);
    }
}

/// <summary>Dropout's gradient.</summary>
internal sealed class DropoutBackwardBench() : ElementBench<DropoutBackwardCall>(DropoutSpec.Backward, "activation")
{
    public override DropoutBackwardCall Prepare(Workbench bench, BenchShape shape)
    {
        var dy = bench.Numbers(shape.M);
        var mask = Array.ConvertAll(bench.Bytes(shape.M, 2), kept => 2f * kept);
        var dx = new double[dy.Length];
        DropoutReference.Backward<double>(Workbench.Wide(dy), Workbench.Wide(mask), dx);
        return new DropoutBackwardCall(bench.Input(dy), bench.Input(mask), bench.Output(dx, FewRoundings), shape.M);
    }
}
