using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>Shapes are m, n, k, and a number below 32 for the options: transposes (2 bits), bias (1), activation (2).</summary>
internal sealed class MatMulCase(Operation<MatMulCall> operation) : OperationCase<MatMulCall>(operation)
{
    private const int Options = 32;

    public override IEnumerable<int[]> SmallShapes =>
    [
        [1, 1, 1, 0], [1, 1, 1, 31], [2, 3, 5, 1], [3, 2, 7, 6], [7, 5, 3, 27], [1, 17, 9, 4], [17, 1, 9, 14], [5, 9, 33, 3],
        [8, 8, 8, 2], [12, 36, 20, 29], [36, 4, 8, 3], [40, 44, 4, 12], [9, 9, 9, 20], [15, 17, 16, 29], [33, 5, 2, 22],
    ];

    public override IEnumerable<int[]> LargeShapes =>
        from shape in new int[][]
        {
            // A dense layer of MNIST forward, and dw and dx backward; tiles of 6, 8, 16, 32, 64 and 128 missed by one; m < k and
            // k < m.
            [64, 10, 784], [64, 128, 784], [128, 10, 64], [10, 784, 13], [127, 129, 8], [65, 63, 33], [13, 31, 257],
            [97, 101, 5], [1, 128, 784], [6, 16, 300], [5, 15, 4], [7, 17, 1], [132, 260, 20], [256, 128, 4],
        }
        from options in new[] { 0, 1, 2, 3, 4 + 8, 5 + 16, 6 + 24, 7 + 8 }
        select (int[])[.. shape, options];

    public override Gen<int[]> RandomShape(bool large) =>
        from m in Size(large ? 70 : 12)
        from n in Size(large ? 70 : 12)
        from k in Size(large ? 150 : 12)
        from options in Gen.Choose(0, Options - 1)
        select new[] { m, n, k, options };

    protected override MatMulCall Arrange(Trial trial, int[] shape)
    {
        var (m, n, k) = (shape[0], shape[1], shape[2]);
        var (transposeA, transposeB, hasBias) = ((shape[3] & 1) != 0, (shape[3] & 2) != 0, (shape[3] & 4) != 0);
        var activation = (Activation)(shape[3] >> 3);
        var (a, b, bias) = (trial.Numbers(m * k), trial.Numbers(k * n), trial.Numbers(n));

        var (left, right) = (Stored(a, m, k, transposeA), Stored(b, k, n, transposeB));
        var added = Matrix<double>.Build.Dense(m, n, (_, j) => hasBias ? bias[j] : 0);
        var exact = ((left * right) + added).Map(z => ActivationForwardCase.Exact(z, activation), Zeros.Include);

        // The activations change by no more than their argument does.
        var scale = (left.PointwiseAbs() * right.PointwiseAbs()) + added.PointwiseAbs();
        return new MatMulCall(
            trial.Input("a", a), trial.Input("b", b),
            trial.Output("c", exact.ToRowMajorArray(), scale.ToRowMajorArray(), Tolerances.MatMul(k)),
            m, n, k, transposeA, transposeB, hasBias ? trial.Input("bias", bias) : default, activation);
    }

    private static Matrix<double> Stored(float[] values, int rows, int columns, bool transposed) =>
        Matrix<double>.Build.Dense(rows, columns, (i, j) => values[transposed ? (j * rows) + i : (i * columns) + j]);
}
