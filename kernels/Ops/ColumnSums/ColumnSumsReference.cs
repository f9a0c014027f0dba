using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Column sums as plain loops.</summary>
public static class ColumnSumsReference
{
    /// <summary>
    /// <c>sums[j] = sum over i of x[i,j]</c>. This is a bias's gradient: forward, y[i,j] = (x·w)[i,j] + b[j], so b[j] reaches the
    /// loss through every y[i,j] with slope 1, and db[j] = sum over i of dy[i,j].
    /// </summary>
    /// <param name="x">rows x columns.</param>
    /// <param name="sums">One value a column; overwritten.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(ReadOnlySpan<T> x, Span<T> sums, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        for (var j = 0; j < columns; j++)
        {
            var sum = T.Zero;
            for (var i = 0; i < rows; i++)
            {
                sum += x[(i * columns) + j];
            }

            sums[j] = sum;
        }
    }

    internal static void Run(CpuBackend backend, in ColumnSumsCall call)
    {
        if (call.HasActivation)
        {
            ActivationReference.RunBackward(backend, call.Gradient);
        }

        Compute<float>(call.X.AsSpan(), call.Sums.AsSpan(), call.Rows, call.Columns);
    }
}
