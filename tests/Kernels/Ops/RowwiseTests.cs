using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

/// <summary>The SIMD variants of operations on rows and whole batches, against the reference in double precision.</summary>
public class RowwiseTests
{
    private const double Tolerance = 2e-6;

    public static TheoryData<int, int, float> SoftmaxShapes => new()
    {
        { 1, 2, 0f }, { 16, 10, 0f }, { 17, 10, 0.1f }, { 128, 10, 0.1f }, { 15, 3, 0f }, { 31, 256, 0.1f }, { 5003, 10, 0f },
    };

    [Theory]
    [MemberData(nameof(SoftmaxShapes))]
    public void SoftmaxCrossEntropyAgrees(int batch, int classes, float smoothing)
    {
        var (z, labels) = (CpuRun.Random(batch * classes, 1, 20f), Labels(batch, classes));
        var (dz, losses, correct) = (new double[z.Length], new double[batch], new double[batch]);
        SoftmaxCrossEntropyReference.Compute(CpuRun.Widen(z), labels, dz, losses, correct, batch, classes, smoothing);
        var (actualLosses, actualCorrect) = (CpuRun.Unwritten(batch), CpuRun.Unwritten(batch));
        using var run = new CpuRun(2);
        var view = run.View(z);
        run.Run(SoftmaxCrossEntropySpec.Operation, "simd", new SoftmaxCrossEntropyCall(
            view, run.View(labels), view, run.View(actualLosses), run.View(actualCorrect), batch, classes, smoothing));
        CpuRun.AssertClose(losses, actualLosses, Tolerance);
        CpuRun.AssertClose(correct, actualCorrect, 0);
        CpuRun.AssertClose(dz.Select(value => value * batch).ToArray(), [.. z.Select(value => value * batch)], Tolerance);
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("simd")]
    public void SoftmaxOfHugeScoresDoesNotOverflowAndNanStays(string variant)
    {
        float[] z = [1e30f, -1e30f, 0f, -1e4f, -1e4f, -1e4f, 0f, float.NaN, 0f];
        var (losses, correct, dz) = (CpuRun.Unwritten(3), CpuRun.Unwritten(3), CpuRun.Unwritten(9));
        using var run = new CpuRun();
        run.Run(SoftmaxCrossEntropySpec.Operation, variant, new SoftmaxCrossEntropyCall(
            run.View(z), run.View(new byte[] { 0, 1, 2 }), run.View(dz), run.View(losses), run.View(correct), 3, 3));
        Assert.Equal(0f, losses[0]);
        Assert.Equal(MathF.Log(3f), losses[1], 6);
        Assert.True(float.IsNaN(losses[2]));
        Assert.Equal([1f, 0f, 0f], correct);
        Assert.Equal([0f, 0f, 0f], dz[..3]);
        CpuRun.AssertClose([1 / 9.0, -2 / 9.0, 1 / 9.0], dz[3..6], Tolerance);
        Assert.All(dz[6..], value => Assert.True(float.IsNaN(value)));
    }

    /// <summary>
    /// Sixteen rows fill a block, of which some end or begin with NaN, have equals, infinities or zeros of either sign.
    /// </summary>
    [Fact]
    public void ABlockOfOddRowsHasTheReferencesPredictions()
    {
        const int Classes = 5, Rows = 16;
        float[] odd = [float.NaN, 1f, 1f, -0f, 0f, float.PositiveInfinity, float.NegativeInfinity];
        float[] z = [.. Enumerable.Range(0, Rows * Classes).Select(i => odd[i * i * 31 % 97 % odd.Length])];
        var labels = Enumerable.Range(0, Rows)
            .Select(i => (byte)ArgMaxReference.OfRow<float>(z.AsSpan(i * Classes, Classes))).ToArray();
        var (losses, correct) = (CpuRun.Unwritten(Rows), CpuRun.Unwritten(Rows));
        using var run = new CpuRun();
        run.Run(SoftmaxCrossEntropySpec.Operation, "simd", new SoftmaxCrossEntropyCall(
            run.View(z), run.View(labels), run.View(new float[z.Length]), run.View(losses), run.View(correct), Rows, Classes));
        Assert.True(labels.Distinct().Count() > 2);
        Assert.All(correct, value => Assert.Equal(1f, value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(101)]
    public void BinaryCrossEntropyAgrees(int batch)
    {
        var (z, labels) = (CpuRun.Random(batch, 1, 30f), Labels(batch, 2));
        var (dz, losses, correct) = (new double[batch], new double[batch], new double[batch]);
        BinaryCrossEntropyReference.Compute(CpuRun.Widen(z), labels, dz, losses, correct, batch);
        var (actualLosses, actualCorrect) = (CpuRun.Unwritten(batch), CpuRun.Unwritten(batch));
        using var run = new CpuRun();
        var view = run.View(z);
        run.Run(BinaryCrossEntropySpec.Operation, "simd", new BinaryCrossEntropyCall(
            view, run.View(labels), view, run.View(actualLosses), run.View(actualCorrect), batch));
        CpuRun.AssertClose(losses, actualLosses, Tolerance);
        CpuRun.AssertClose(correct, actualCorrect, 0);
        CpuRun.AssertClose(dz, z, Tolerance);

        // A small loss keeps its digits too.
        Assert.All(losses.Zip(actualLosses), pair => Assert.InRange(pair.Second / pair.First, 1 - 1e-5, 1 + 1e-5));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 10)]
    [InlineData(128, 300)]
    [InlineData(3000, 33)]
    [InlineData(5, 20011)]
    [InlineData(70001, 61)]
    public void ColumnSumsAgree(int rows, int columns)
    {
        var (x, expected, sums) = (CpuRun.Random(rows * columns, 1, 1f), new double[columns], CpuRun.Unwritten(columns));
        ColumnSumsReference.Compute(CpuRun.Widen(x), expected, rows, columns);
        using var run = new CpuRun(2);
        run.Run(ColumnSumsSpec.Operation, "simd", new ColumnSumsCall(run.View(x), run.View(sums), rows, columns));
        CpuRun.AssertClose(expected, sums, 1e-6 * Math.Sqrt(rows));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 63)]
    [InlineData(37, 784)]
    [InlineData(3, 128)]
    public void GatherIsTheReferenceBitForBit(int batch, int features)
    {
        const int Samples = 50;
        var random = new Random(3);
        var (images, labels) = (new byte[Samples * features], Labels(Samples, 10));
        random.NextBytes(images);
        int[] indices = [.. Enumerable.Range(0, batch).Select(_ => random.Next(Samples))];
        var (expected, expectedLabels) = (new float[batch * features], new byte[batch]);
        GatherReference.Compute(images, labels, indices, expected, expectedLabels, batch, features, 1f / 255f, -0.5f);
        var (x, batchLabels) = (CpuRun.Unwritten(batch * features), new byte[batch]);
        using var run = new CpuRun(2);
        run.Run(GatherSpec.Operation, "simd", new GatherCall(run.View(images), run.View(labels), run.View(indices),
            run.View(x), run.View(batchLabels), batch, features, 1f / 255f, -0.5f));
        CpuRun.AssertSameBits(expected, x);
        Assert.Equal(expectedLabels, batchLabels);
    }

    [Theory]
    [InlineData(33, 1)]
    [InlineData(1, 2)]
    [InlineData(50, 10)]
    [InlineData(17, 256)]
    public void ArgMaxIsTheFirstLargest(int batch, int classes)
    {
        // Few different scores, so that many rows have their largest more than once.
        var scores = CpuRun.Random(batch * classes, 1, 3f).Select(score => MathF.Round(score)).ToArray();
        var (expected, predictions) = (new byte[batch], new byte[batch]);
        ArgMaxReference.Compute<float>(scores, expected, batch, classes);
        using var run = new CpuRun(2);
        run.Run(ArgMaxSpec.Operation, "simd", new ArgMaxCall(run.View(scores), run.View(predictions), batch, classes));
        Assert.Equal(expected, predictions);
        var rows = scores.Chunk(classes).ToArray();
        Assert.Equal(
            rows.Select(row => (byte)(classes == 1 ? (row[0] > 0 ? 1 : 0) : Array.IndexOf(row, row.Max()))), predictions);
    }

    [Theory]
    [InlineData("reference", 1e-7)]
    [InlineData("simd", 1e-7)]
    public void MetricsKeepWhatRoundingCutsOff(string variant, double tolerance)
    {
        const int Batch = 100;
        const int Steps = 600;
        var totals = new float[MetricsSpec.TotalsLength];
        var exact = 0.0;
        for (var step = 1; step <= Steps; step++)
        {
            var losses = CpuRun.Random(Batch, step, 1f).Select(MathF.Abs).ToArray();
            exact += losses.Sum(loss => (double)loss);
            using var run = new CpuRun();
            var correct = Enumerable.Range(0, Batch).Select(i => i % 4 == 0 ? 1f : 0f).ToArray();
            run.Run(MetricsSpec.Operation, variant,
                new MetricsCall(run.View(losses), run.View(correct), run.View(totals), Batch, step));
        }

        Assert.InRange((((double)totals[0] + totals[1]) / exact) - 1, -tolerance, tolerance);
        Assert.NotEqual(0f, totals[1]);
        Assert.Equal(Steps * Batch / 4, totals[2]);
        Assert.Equal(0f, totals[3]);
    }

    [Theory]
    [InlineData("reference", float.NaN)]
    [InlineData("simd", float.NaN)]
    [InlineData("reference", float.PositiveInfinity)]
    [InlineData("simd", float.NegativeInfinity)]
    public void MetricsStopAtTheFirstLossThatIsNotFinite(string variant, float bad)
    {
        float[] totals = [5f, 0f, 3f, 0f];
        float[] broken = [1f, 2f, bad, 4f];
        foreach (var (step, losses) in new[] { (8, broken), (9, [1f, 1f, 1f, 1f]), (10, broken) })
        {
            using var run = new CpuRun();
            run.Run(MetricsSpec.Operation, variant,
                new MetricsCall(run.View(losses), run.View(new float[4]), run.View(totals), 4, step));
        }

        Assert.Equal([5f, 0f, 3f, 8f], totals);
    }

    private static byte[] Labels(int count, int classes)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(classes))];
    }
}
