using System.Numerics;

namespace ScratchNet.Kernels.Bench;

/// <summary>Matrix products.</summary>
internal sealed class MatMulBench() : BenchCase<MatMulCall>(MatMulSpec.Operation, "matmul")
{
    public override string SizeForm => "MxNxK, or N for a square";

    public override IReadOnlyList<BenchShape> DefaultShapes => [.. new[] { 64, 256, 1024 }.Select(n => new BenchShape(n, n, n))];

    public override IReadOnlyList<BenchShape> SmallShapes => [new(32, 32, 32)];

    public override IReadOnlyList<BenchShape> Read(IReadOnlyList<int> sizes) => sizes switch
    {
        [var n] => [new BenchShape(n, n, n)],
        [var m, var n, var k] => [new BenchShape(m, n, k)],
        _ => [],
    };

    public override long Elements(BenchShape shape) => Math.Max(base.Elements(shape), (long)shape.K * Math.Max(shape.M, shape.N));

    public override MatMulCall Prepare(Workbench bench, BenchShape shape)
    {
        var (m, n, k) = (shape.M, shape.N, shape.K);
        var (a, b) = (bench.Numbers(checked(m * k)), bench.Numbers(checked(k * n)));
        var bias = shape.Epilogue ? bench.Numbers(n) : [];

        // Any order of the k additions, each rounded: at most about k units of the largest partial sum.
        var c = bench.Output(Exact(shape, a, b, bias, bench.Cancel), FewRoundings + (2 * k));
        return new MatMulCall(
            bench.Input(a), bench.Input(b), c, m, n, k, shape.TransposeA, shape.TransposeB,
            shape.Epilogue ? bench.Input(bias) : default, shape.Epilogue ? Activation.Relu : Activation.None);
    }

    /// <summary>
    /// The product in double precision. The reference's order (all of k for one element) takes minutes at the larger sizes,
    /// so here every row of b is added, scaled, to a row of c: the same sums in the same order.
    /// </summary>
    /// <param name="shape">The sizes, and which factor is stored transposed.</param>
    /// <param name="a">m x k, or k x m when it is.</param>
    /// <param name="b">k x n, or n x k when it is.</param>
    /// <param name="bias">n values added to every row before ReLU; without values, neither is done.</param>
    /// <param name="cancel">Stops between two rows.</param>
    /// <typeparam name="T">float or double.</typeparam>
    /// <returns>c, m x n.</returns>
    /// <exception cref="OperationCanceledException">It was to stop.</exception>
    internal static double[] Exact<T>(BenchShape shape, T[] a, T[] b, T[] bias, CancellationToken cancel)
        where T : IFloatingPointIeee754<T>
    {
        var (m, n, k) = (shape.M, shape.N, shape.K);
        var wide = new double[k * n];
        for (var p = 0; p < k; p++)
        {
            for (var j = 0; j < n; j++)
            {
                wide[(p * n) + j] = double.CreateTruncating(shape.TransposeB ? b[(j * k) + p] : b[(p * n) + j]);
            }
        }

        var c = new double[checked(m * n)];
        Parallel.For(0, m, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            var row = c.AsSpan(i * n, n);
            for (var p = 0; p < k; p++)
            {
                var factor = double.CreateTruncating(shape.TransposeA ? a[(p * m) + i] : a[(i * k) + p]);
                AddScaled(row, factor, wide.AsSpan(p * n, n));
            }

            for (var j = 0; j < bias.Length; j++)
            {
                row[j] = Math.Max(row[j] + double.CreateTruncating(bias[j]), 0);
            }
        });
        return c;
    }

    private static void AddScaled(Span<double> sum, double factor, ReadOnlySpan<double> terms)
    {
        var j = 0;
        for (; j <= sum.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            var added = new Vector<double>(sum[j..]) + (factor * new Vector<double>(terms[j..]));
            added.CopyTo(sum[j..]);
        }

        for (; j < sum.Length; j++)
        {
            sum[j] += factor * terms[j];
        }
    }
}
