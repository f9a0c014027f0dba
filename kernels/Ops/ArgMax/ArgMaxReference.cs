using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Predictions from scores as plain loops.</summary>
public static class ArgMaxReference
{
    /// <summary>The first largest column of each row; with one column, 1 where the score is above 0, else 0.</summary>
    /// <param name="scores">batch x classes.</param>
    /// <param name="predictions">One index a row; overwritten.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="classes">Columns, 1 to 256.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(ReadOnlySpan<T> scores, Span<byte> predictions, int batch, int classes)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < batch; i++)
        {
            var row = scores.Slice(i * classes, classes);
            predictions[i] = (byte)(classes == 1 ? (row[0] > T.Zero ? 1 : 0) : OfRow(row));
        }
    }

    /// <summary>
    /// The index of the first largest value. A NaN is larger than nothing and nothing is larger than a NaN, so one that stands
    /// first wins and any other loses.
    /// </summary>
    /// <param name="row">At least one value.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static int OfRow<T>(ReadOnlySpan<T> row)
        where T : IFloatingPointIeee754<T>
    {
        var best = 0;
        for (var j = 1; j < row.Length; j++)
        {
            if (row[j] > row[best])
            {
                best = j;
            }
        }

        return best;
    }

    internal static void Run(CpuBackend backend, in ArgMaxCall call) =>
        Compute<float>(call.Scores.AsSpan(), call.Predictions.AsSpan(), call.Batch, call.Classes);
}
