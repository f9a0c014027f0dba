using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Running totals as a plain loop.</summary>
public static class MetricsReference
{
    /// <summary>
    /// Adds a batch to the totals: the losses by Neumaier's compensated sum, which keeps in totals[1] what rounding cut off
    /// totals[0]. A batch that would make the sum something else than a finite number is not added; its step is noted, and no
    /// later batch is added either.
    /// </summary>
    /// <param name="losses">The loss of each row.</param>
    /// <param name="correct">1 for each row that was right, else 0.</param>
    /// <param name="totals">Sum of losses, its rounding error, hits, first step that was not added; updated.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="step">Which step this is, from 1.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(
        ReadOnlySpan<T> losses, ReadOnlySpan<T> correct, Span<T> totals, int batch, int step)
        where T : IFloatingPointIeee754<T>
    {
        if (totals[3] != T.Zero)
        {
            return;
        }

        var (sum, error, hits) = (totals[0], totals[1], totals[2]);
        for (var i = 0; i < batch; i++)
        {
            (sum, error) = Add(sum, error, losses[i]);
            hits += correct[i];
        }

        if (T.IsFinite(sum) && T.IsFinite(error))
        {
            (totals[0], totals[1], totals[2]) = (sum, error, hits);
        }
        else
        {
            totals[3] = T.CreateChecked(step);
        }
    }

    /// <summary>
    /// One step of Neumaier's sum: the smaller of two addends loses digits, and those are what the error gains.
    /// </summary>
    /// <param name="sum">The rounded sum so far.</param>
    /// <param name="error">What rounding has cut off so far.</param>
    /// <param name="value">The addend.</param>
    /// <typeparam name="T">float or double.</typeparam>
    internal static (T Sum, T Error) Add<T>(T sum, T error, T value)
        where T : IFloatingPointIeee754<T>
    {
        var next = sum + value;
        var lost = T.Abs(sum) >= T.Abs(value) ? (sum - next) + value : (value - next) + sum;
        return (next, error + lost);
    }

    internal static void Run(CpuBackend backend, in MetricsCall call) =>
        Compute<float>(call.Losses.AsSpan(), call.Correct.AsSpan(), call.Totals.AsSpan(), call.Batch, call.Step);
}
