using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Inverted dropout as plain loops.</summary>
public static class DropoutReference
{
    /// <summary>
    /// <c>mask[i] = r[i] &lt; threshold ? 0 : keptScale</c> and <c>y[i] = x[i]·mask[i]</c>, where r[i] is word i % 4 of
    /// <see cref="Philox.At"/>(seed, Dropout, layer, step, i / 4). All spans are of one length; y may be the same memory as x.
    /// </summary>
    /// <param name="x">Inputs.</param>
    /// <param name="y">Outputs; overwritten.</param>
    /// <param name="mask">What each element was multiplied by; overwritten.</param>
    /// <param name="threshold">rate·2^32: a random word below it drops its element.</param>
    /// <param name="keptScale">1/(1 - rate).</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="layer">Which layer of the network.</param>
    /// <param name="step">Which training step.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Forward<T>(
        ReadOnlySpan<T> x, Span<T> y, Span<T> mask, uint threshold, T keptScale, ulong seed, int layer, uint step)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < x.Length; i++)
        {
            var words = Philox.At(seed, RandomPurpose.Dropout, layer, step, (ulong)(i / 4));
            var word = (i % 4) switch { 0 => words.X, 1 => words.Y, 2 => words.Z, _ => words.W };
            mask[i] = word < threshold ? T.Zero : keptScale;
            y[i] = x[i] * mask[i];
        }
    }

    /// <summary>
    /// <c>dx[i] = dy[i]·mask[i]</c>: forward, y[i] = x[i]·mask[i], so mask[i] is the slope. All spans are of one length.
    /// </summary>
    /// <param name="dy">Gradient of the loss with respect to the outputs.</param>
    /// <param name="mask">The mask of the forward pass.</param>
    /// <param name="dx">Gradient with respect to the inputs; overwritten. May be the same memory as
    /// <paramref name="dy"/>.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Backward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> mask, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < dy.Length; i++)
        {
            dx[i] = dy[i] * mask[i];
        }
    }

    internal static void RunForward(CpuBackend backend, in DropoutForwardCall call) =>
        Forward<float>(call.X.AsSpan()[..call.Count], call.Y.AsSpan(), call.Mask.AsSpan(), call.Threshold, call.KeptScale,
            call.Seed, call.Layer, call.Step);

    internal static void RunBackward(CpuBackend backend, in DropoutBackwardCall call) =>
        Backward<float>(call.Dy.AsSpan()[..call.Count], call.Mask.AsSpan(), call.Dx.AsSpan());
}
