using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Clipping by the norm as a plain loop.</summary>
public static class ClipNormReference
{
    /// <summary>
    /// g = g·limit/sqrt(squaredSum) when that root is above the limit; else g stays, to the bit. An infinite sum makes NaN of g,
    /// which would be 0 otherwise.
    /// </summary>
    /// <param name="g">Gradients; updated.</param>
    /// <param name="squaredSum">The sum of their squares.</param>
    /// <param name="limit">The largest norm that is let through.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(Span<T> g, T squaredSum, T limit)
        where T : IFloatingPointIeee754<T>
    {
        var norm = T.Sqrt(squaredSum);
        if (norm <= limit)
        {
            return;
        }

        var scale = T.IsFinite(norm) ? limit / norm : T.NaN;
        for (var i = 0; i < g.Length; i++)
        {
            g[i] *= scale;
        }
    }

    internal static void Run(CpuBackend backend, in ClipNormCall call) =>
        Compute(call.G.AsSpan()[..call.Count], call.SquaredSum.AsSpan()[0], call.Limit);
}
