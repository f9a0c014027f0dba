using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>The matrix product as its formula says it: one sum for each element of the result.</summary>
public static class MatMulReference
{
    /// <summary>Computes <c>c = f(op(a)·op(b) + bias)</c>: <c>c[i,j] = f(sum over p of a[i,p]·b[p,j] + bias[j])</c>.</summary>
    /// <param name="a">m x k, or k x m when <paramref name="transposeA"/>.</param>
    /// <param name="b">k x n, or n x k when <paramref name="transposeB"/>.</param>
    /// <param name="c">m x n; overwritten.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="transposeA">Whether a is stored transposed.</param>
    /// <param name="transposeB">Whether b is stored transposed.</param>
    /// <param name="bias">n values added to every row; empty adds nothing.</param>
    /// <param name="activation">The function f.</param>
    /// <typeparam name="T">float for the kernel, double for gradient checks.</typeparam>
    /// <remarks>
    /// It is its own backward pass. Forward: c[i,j] = sum over p of a[i,p]·b[p,j]. So a[i,p] reaches the loss through every
    /// c[i,j] of its row, with slope b[p,j]: da = dc·bᵀ. And b[p,j] does through every c[i,j] of its column, with slope a[i,p]:
    /// db = aᵀ·dc.
    /// </remarks>
    public static void Compute<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int m, int n, int k,
        bool transposeA = false, bool transposeB = false,
        ReadOnlySpan<T> bias = default, Activation activation = Activation.None)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = T.Zero;
                for (var p = 0; p < k; p++)
                {
                    var left = transposeA ? a[(p * m) + i] : a[(i * k) + p];
                    var right = transposeB ? b[(j * k) + p] : b[(p * n) + j];
                    sum += left * right;
                }

                c[(i * n) + j] = ActivationReference.Value(bias.IsEmpty ? sum : sum + bias[j], activation);
            }
        }
    }

    internal static void Run(CpuBackend backend, in MatMulCall call) => Compute<float>(
        call.A.AsSpan(), call.B.AsSpan(), call.C.AsSpan(), call.M, call.N, call.K,
        call.TransposeA, call.TransposeB, call.Bias.AsSpan(), call.Activation);
}
