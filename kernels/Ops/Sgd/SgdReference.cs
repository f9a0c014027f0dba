using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Stochastic gradient descent as a plain loop.</summary>
public static class SgdReference
{
    /// <summary>
    /// One step: <c>g' = g + decay·w; u = momentum·u + g'; w = w - rate·u</c>, or with Nesterov's look-ahead
    /// <c>w = w - rate·(g' + momentum·u)</c>. w, g and velocity are of one length.
    /// </summary>
    /// <param name="w">Parameters; updated.</param>
    /// <param name="g">Their gradients.</param>
    /// <param name="velocity">The momentum u; updated. May be empty when <paramref name="momentum"/> is 0.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="momentum">Share of the velocity that is kept, in [0, 1).</param>
    /// <param name="decay">L2 decay.</param>
    /// <param name="nesterov">Whether to look ahead.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(
        Span<T> w, ReadOnlySpan<T> g, Span<T> velocity, T rate, T momentum, T decay, bool nesterov)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < w.Length; i++)
        {
            var step = g[i] + (decay * w[i]);
            if (momentum != T.Zero)
            {
                velocity[i] = (momentum * velocity[i]) + step;
                step = nesterov ? step + (momentum * velocity[i]) : velocity[i];
            }

            w[i] -= rate * step;
        }
    }

    internal static void Run(CpuBackend backend, in SgdCall call) =>
        Compute<float>(call.W.AsSpan()[..call.Count], call.G.AsSpan(), call.Velocity.AsSpan(),
            call.LearningRate, call.Momentum, call.WeightDecay, call.Nesterov);
}
