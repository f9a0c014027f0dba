using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Adam and AdamW as a plain loop.</summary>
public static class AdamReference
{
    /// <summary>
    /// One step: <c>g' = g + decay·w; m = beta1·m + (1 - beta1)·g'; v = beta2·v + (1 - beta2)·g'²;
    /// w = shrink·w - stepSize·m / (rootScale·sqrt(v) + epsilon)</c>. w, g, m and v are of one length.
    /// The factors are those of <see cref="AdamCall"/>: they hold the bias corrections, which depend on the step alone.
    /// </summary>
    /// <param name="w">Parameters; updated.</param>
    /// <param name="g">Their gradients.</param>
    /// <param name="m">Running mean of the gradients; updated.</param>
    /// <param name="v">Running mean of their squares; updated.</param>
    /// <param name="stepSize">rate/(1 - beta1^t).</param>
    /// <param name="rootScale">1/sqrt(1 - beta2^t).</param>
    /// <param name="beta1">Decay of m.</param>
    /// <param name="beta2">Decay of v.</param>
    /// <param name="epsilon">Added to the corrected root of v.</param>
    /// <param name="decay">Decay that is added to the gradient; 0 for AdamW.</param>
    /// <param name="shrink">What w is multiplied by first: 1 - rate·decay for AdamW, else 1.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(
        Span<T> w, ReadOnlySpan<T> g, Span<T> m, Span<T> v,
        T stepSize, T rootScale, T beta1, T beta2, T epsilon, T decay, T shrink)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < w.Length; i++)
        {
            var gradient = g[i] + (decay * w[i]);
            m[i] = (beta1 * m[i]) + ((T.One - beta1) * gradient);
            v[i] = (beta2 * v[i]) + ((T.One - beta2) * gradient * gradient);
            w[i] = (shrink * w[i]) - (stepSize * m[i] / ((rootScale * T.Sqrt(v[i])) + epsilon));
        }
    }

    internal static void Run(CpuBackend backend, in AdamCall call) =>
        Compute<float>(call.W.AsSpan()[..call.Count], call.G.AsSpan(), call.FirstMoment.AsSpan(), call.SecondMoment.AsSpan(),
            call.StepSize, call.RootScale, call.Beta1, call.Beta2, call.Epsilon, call.CoupledDecay, call.Shrink);
}
