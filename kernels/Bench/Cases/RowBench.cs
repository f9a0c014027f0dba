namespace ScratchNet.Kernels.Bench;

/// <summary>Operations on the rows of a matrix: a size is rows and columns.</summary>
/// <param name="operation">The operation.</param>
/// <param name="group">What it is measured together with.</param>
/// <param name="columns">Columns when a size gives only rows.</param>
/// <param name="mostColumns">More than that it cannot have.</param>
internal abstract class RowBench<TCall>(
    Operation<TCall> operation, string group, int columns = 10, int mostColumns = int.MaxValue)
    : BenchCase<TCall>(operation, group)
    where TCall : struct, IOperationCall
{
    public override string SizeForm => mostColumns switch
    {
        1 => "M",
        int.MaxValue => "MxN",
        _ => $"MxN, N from 2 to {mostColumns}",
    };

    public override IReadOnlyList<BenchShape> DefaultShapes => [new(64, columns), new(1024, columns), new(1 << 17, columns)];

    public override IReadOnlyList<BenchShape> SmallShapes => [new(16, columns)];

    public override IReadOnlyList<BenchShape> Read(IReadOnlyList<int> sizes) => sizes switch
    {
        [var rows] => [new BenchShape(rows, columns)],
        [var rows, var some] when some >= LeastColumns && some <= mostColumns => [new BenchShape(rows, some)],
        _ => [],
    };

    /// <summary>Classes are at least two, where their number is limited at all.</summary>
    private int LeastColumns => mostColumns is 1 or int.MaxValue ? 1 : 2;
}

/// <summary>Softmax cross-entropy.</summary>
internal sealed class SoftmaxCrossEntropyBench()
    : RowBench<SoftmaxCrossEntropyCall>(SoftmaxCrossEntropySpec.Operation, "softmax", mostColumns: 256)
{
    public override SoftmaxCrossEntropyCall Prepare(Workbench bench, BenchShape shape)
    {
        var (batch, classes) = (shape.M, shape.N);
        var (z, labels) = (bench.Numbers(batch * classes, -8, 8), bench.Bytes(batch, classes));
        double[] dz = new double[z.Length], losses = new double[batch], correct = new double[batch];
        SoftmaxCrossEntropyReference.Compute(Workbench.Wide(z), labels, dz, losses, correct, batch, classes, 0.0);
        var tolerance = FewRoundings + classes;
        return new SoftmaxCrossEntropyCall(bench.Input(z), bench.Input(labels), bench.Output(dz, tolerance),
            bench.Output(losses, tolerance), bench.Output(correct, 0), batch, classes);
    }
}

/// <summary>Binary cross-entropy.</summary>
internal sealed class BinaryCrossEntropyBench()
    : RowBench<BinaryCrossEntropyCall>(BinaryCrossEntropySpec.Operation, "softmax", columns: 1, mostColumns: 1)
{
    public override BinaryCrossEntropyCall Prepare(Workbench bench, BenchShape shape)
    {
        var batch = shape.M;
        var (z, labels) = (bench.Numbers(batch, -8, 8), bench.Bytes(batch, 2));
        double[] dz = new double[batch], losses = new double[batch], correct = new double[batch];
        BinaryCrossEntropyReference.Compute(Workbench.Wide(z), labels, dz, losses, correct, batch);
        return new BinaryCrossEntropyCall(bench.Input(z), bench.Input(labels), bench.Output(dz, FewRoundings),
            bench.Output(losses, FewRoundings), bench.Output(correct, 0), batch);
    }
}

/// <summary>Column sums: the gradient of a bias.</summary>
internal sealed class ColumnSumsBench() : RowBench<ColumnSumsCall>(ColumnSumsSpec.Operation, "reduce", columns: 128)
{
    public override ColumnSumsCall Prepare(Workbench bench, BenchShape shape)
    {
        var x = bench.Numbers(checked(shape.M * shape.N));
        var sums = new double[shape.N];
        ColumnSumsReference.Compute(Workbench.Wide(x), sums, shape.M, shape.N);
        return new ColumnSumsCall(bench.Input(x), bench.Output(sums, FewRoundings + (2 * shape.M)), shape.M, shape.N);
    }
}

/// <summary>Predictions.</summary>
internal sealed class ArgMaxBench() : RowBench<ArgMaxCall>(ArgMaxSpec.Operation, "reduce", mostColumns: 256)
{
    public override ArgMaxCall Prepare(Workbench bench, BenchShape shape)
    {
        var z = bench.Numbers(shape.M * shape.N);
        var predictions = new byte[shape.M];
        ArgMaxReference.Compute(Workbench.Wide(z), predictions, shape.M, shape.N);
        return new ArgMaxCall(bench.Input(z), bench.Output(predictions), shape.M, shape.N);
    }
}

/// <summary>Loss and accuracy of a batch.</summary>
internal sealed class MetricsBench() : RowBench<MetricsCall>(MetricsSpec.Operation, "reduce", columns: 1, mostColumns: 1)
{
    public override MetricsCall Prepare(Workbench bench, BenchShape shape)
    {
        var (losses, correct) = (bench.Numbers(shape.M, 0, 5), Array.ConvertAll(bench.Bytes(shape.M, 2), hit => (float)hit));
        double[] after = [losses.Sum(loss => (double)loss), correct.Sum(), 0];

        // The sum and what rounding cut off it each depend on the order of the additions; together they do not.
        var totals = bench.Updated(
            new float[MetricsSpec.TotalsLength], after, FewRoundings, totals => [totals[0] + totals[1], totals[2], totals[3]]);
        return new MetricsCall(bench.Input(losses), bench.Input(correct), totals, shape.M, Step: 1);
    }
}

/// <summary>The samples with the largest losses: a size is the number of candidates, a quarter of which are chosen.</summary>
internal sealed class HardestBench() : RowBench<HardestCall>(HardestSpec.Operation, "reduce", columns: 1, mostColumns: 1)
{
    private const int Share = 4;

    /// <summary>Every variant compares each candidate with each: a second or two of plain loops for this many.</summary>
    private const int MostCandidates = 1 << 15;

    public override string SizeForm => $"M up to {MostCandidates}, since it compares each with each";

    public override IReadOnlyList<BenchShape> DefaultShapes => [new(256), new(1024)];

    public override IReadOnlyList<BenchShape> Read(IReadOnlyList<int> sizes) =>
        sizes[0] <= MostCandidates ? base.Read(sizes) : [];

    public override HardestCall Prepare(Workbench bench, BenchShape shape)
    {
        var (losses, items) = (bench.Numbers(shape.M, 0, 5), Enumerable.Range(0, shape.M).ToArray());
        var places = new int[(shape.M + Share - 1) / Share];
        HardestReference.Compute<float>(losses, places);
        return new HardestCall(bench.Input(losses), bench.Input(items), bench.Input(items), bench.Output(places),
            bench.Output((int[])places.Clone()), shape.M, places.Length);
    }
}
