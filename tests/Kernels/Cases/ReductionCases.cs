using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>Shapes are rows, columns and the activation before.</summary>
internal sealed class ColumnSumsCase() : OperationCase<ColumnSumsCall>(ColumnSumsSpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes =>
        [[1, 1, 0], [1, 17, 1], [17, 1, 2], [3, 5, 3], [5, 33, 0], [33, 7, 1], [16, 16, 2], [15, 31, 3]];

    public override IEnumerable<int[]> LargeShapes => [[64, 10, 0], [128, 128, 1], [1021, 10, 0], [7, 2503, 2], [255, 257, 1]];

    public override Gen<int[]> RandomShape(bool large) =>
        from rows in Size(large ? 300 : 20)
        from columns in Size(large ? 300 : 20)
        from activation in Gen.Choose(0, 3)
        select new[] { rows, columns, activation };

    protected override ColumnSumsCall Arrange(Trial trial, int[] shape)
    {
        var (rows, columns, activation) = (shape[0], shape[1], (Activation)shape[2]);
        var (x, y) = (trial.Numbers(rows * columns), trial.Numbers(rows * columns));
        var terms = Matrix<double>.Build.Dense(rows, columns, (i, j) =>
            x[(i * columns) + j] * ActivationBackwardCase.Slope(y[(i * columns) + j], activation));
        var sizes = Matrix<double>.Build.Dense(rows, columns, (i, j) => Math.Abs(x[(i * columns) + j]));
        var sums = trial.Output("sums", terms.ColumnSums().ToArray(), sizes.ColumnSums().ToArray(),
            Tolerances.Sum(rows) + Tolerances.ActivationBackward);
        return activation == Activation.None
            ? new ColumnSumsCall(trial.Input("x", x), sums, rows, columns)
            : new ColumnSumsCall(
                trial.Updated("x", x, terms.ToRowMajorArray(), sizes.ToRowMajorArray(), Tolerances.ActivationBackward),
                sums, rows, columns, trial.Input("y", y), activation);
    }
}

/// <summary>Shapes are batch, what is wrong with it (0 nothing, 1 infinity, 2 NaN, 3 a step before was bad, 4 a sum beyond
/// float32), and the step.</summary>
internal sealed class MetricsCase() : OperationCase<MetricsCall>(MetricsSpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes =>
        [[1, 0, 1], [2, 1, 9], [17, 2, 3], [33, 0, 2], [64, 3, 16777216], [15, 0, 5], [16, 0, 7], [100, 1, 1], [1, 4, 2], [50, 4, 3]];

    public override IEnumerable<int[]> LargeShapes => [[128, 0, 1], [1021, 0, 469], [1024, 2, 40000], [257, 1, 3], [10000, 0, 1]];

    public override Gen<int[]> RandomShape(bool large) =>
        from batch in Size(large ? 600 : 60)
        from fault in Gen.Choose(0, 4)
        from step in Gen.Choose(1, 1 << 24)
        select new[] { batch, fault, step };

    protected override MetricsCall Arrange(Trial trial, int[] shape)
    {
        var (batch, fault, step) = (shape[0], shape[1], shape[2]);
        var losses = trial.Numbers(batch, 0, 5);
        var correct = trial.Bytes(batch, 2).Select(hit => (float)hit).ToArray();
        float[] before = [fault == 4 ? 3e38f : 12345.678f, 0.0001f, 417, fault == 3 ? 7 : 0];
        losses[batch / 2] = fault switch
        {
            1 => float.PositiveInfinity,
            2 => float.NaN,
            4 => 3e38f,
            _ => losses[batch / 2],
        };

        var sound = fault == 0;
        var sum = before[0] + (sound ? Vector<double>.Build.Dense(batch, i => losses[i]).Sum() : 0);
        var hits = before[2] + (sound ? correct.Sum() : 0);
        var badStep = fault == 0 ? 0 : fault == 3 ? before[3] : step;

        // The sum and what rounding cut off it each depend on the order of the additions; together they are right to the last
        // digit.
        var totals = trial.Updated(
            "totals", before, [sum, before[1], hits, badStep], sound ? [sum, sum, 0, 0] : [0, 0, 0, 0], Tolerances.Sum(batch));
        trial.Check(totals, now => Comparison.FirstError(
            "compensated sum", [sum + before[1]], [sum], [(float)((double)now[0] + now[1])], Tolerances.Metrics));
        return new MetricsCall(
            trial.Input("losses", losses), trial.Input("correct", correct), totals, batch, step);
    }
}

/// <summary>Shapes are batch and classes. Scores are small integers, so that many are equal and the first one must win.</summary>
internal sealed class ArgMaxCase() : OperationCase<ArgMaxCall>(ArgMaxSpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes => [[1, 1], [9, 1], [1, 2], [5, 10], [17, 33], [2, 256]];

    public override IEnumerable<int[]> LargeShapes => [[1021, 10], [64, 256], [333, 1]];

    public override Gen<int[]> RandomShape(bool large) =>
        from batch in Size(large ? 300 : 20)
        from classes in Size(large ? 256 : 40)
        select new[] { batch, classes };

    protected override ArgMaxCall Arrange(Trial trial, int[] shape)
    {
        var (batch, classes) = (shape[0], shape[1]);
        var z = trial.Bytes(batch * classes, 7).Select(value => value - 3f).ToArray();
        var rows = Enumerable.Range(0, batch).Select(i => Vector<double>.Build.Dense(classes, j => z[(i * classes) + j]));
        var exact = rows.Select(row => (byte)(classes == 1 ? (row[0] > 0 ? 1 : 0) : row.MaximumIndex())).ToArray();
        return new ArgMaxCall(trial.Input("z", z), trial.Output("predictions", exact), batch, classes);
    }
}

/// <summary>
/// Shapes are candidates, how many are chosen, and what is among the losses (0 numbers, 1 infinities and NaN). Losses are small
/// whole numbers, so that many are equal and the earlier must win.
/// </summary>
internal sealed class HardestCase() : OperationCase<HardestCall>(HardestSpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes =>
        [[1, 1, 0], [2, 1, 1], [15, 4, 0], [16, 16, 1], [17, 5, 0], [33, 32, 1], [64, 16, 1]];

    public override IEnumerable<int[]> LargeShapes => [[512, 128, 0], [1021, 256, 1], [1024, 1024, 0], [2048, 1, 1]];

    public override Gen<int[]> RandomShape(bool large) =>
        from candidates in Size(large ? 600 : 60)
        from chosen in Gen.Choose(1, candidates)
        from odd in Gen.Choose(0, 1)
        select new[] { candidates, chosen, odd };

    protected override HardestCall Arrange(Trial trial, int[] shape)
    {
        var (candidates, chosen, odd) = (shape[0], shape[1], shape[2] == 1);
        float[] values = odd ? [0, 1, 2, 3, float.NaN, float.PositiveInfinity, -float.NaN] : [0, 1, 2, 3, 4, 5, 6];
        var losses = trial.Bytes(candidates, values.Length).Select(which => values[which]).ToArray();
        var rows = trial.Bytes(candidates, 256).Select(row => 3 * row).ToArray();
        var samples = trial.Bytes(candidates, 256).Select(sample => (int)sample).ToArray();

        // LINQ sorts stably: of equal ones the earlier stays before.
        var order = Enumerable.Range(0, candidates)
            .OrderByDescending(i => float.IsNaN(losses[i]) ? float.PositiveInfinity : losses[i]).Take(chosen).ToArray();
        return new HardestCall(
            trial.Input("losses", losses), trial.Input("rows", rows), trial.Input("samples", samples),
            trial.Output("chosenRows", Array.ConvertAll(order, i => rows[i])),
            trial.Output("chosenSamples", Array.ConvertAll(order, i => samples[i])),
            candidates, chosen);
    }
}
