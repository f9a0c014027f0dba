using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>A moving average as a plain loop.</summary>
public static class MovingAverageReference
{
    /// <summary>One step: <c>a = a + share·(w - a)</c>. Both are of one length.</summary>
    /// <param name="w">The newest values.</param>
    /// <param name="average">The average; updated.</param>
    /// <param name="newShare">How much of the newest values goes in, in (0, 1].</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(ReadOnlySpan<T> w, Span<T> average, T newShare)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < average.Length; i++)
        {
            average[i] += newShare * (w[i] - average[i]);
        }
    }

    internal static void Run(CpuBackend backend, in MovingAverageCall call) =>
        Compute<float>(call.W.AsSpan(), call.Average.AsSpan()[..call.Count], call.NewShare);
}
