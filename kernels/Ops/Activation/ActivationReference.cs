using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>Activations as plain loops. NaN stays NaN in all of them.</summary>
public static class ActivationReference
{
    /// <summary><c>y[i] = f(x[i])</c>. x and y are of one length and may be the same memory.</summary>
    /// <param name="x">Inputs.</param>
    /// <param name="y">Outputs; overwritten.</param>
    /// <param name="activation">The function f.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Forward<T>(ReadOnlySpan<T> x, Span<T> y, Activation activation)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < x.Length; i++)
        {
            y[i] = Value(x[i], activation);
        }
    }

    /// <summary><c>dx[i] = dy[i]·f'(x[i])</c>, from y = f(x). All are of one length; dx may be the same memory as dy.</summary>
    /// <param name="y">Outputs of the forward pass.</param>
    /// <param name="dy">Gradient of the loss with respect to them.</param>
    /// <param name="dx">Gradient with respect to the inputs; overwritten.</param>
    /// <param name="activation">The function f.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Backward<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, Activation activation)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < y.Length; i++)
        {
            dx[i] = Gradient(y[i], dy[i], activation);
        }
    }

    /// <summary>f(x).</summary>
    /// <param name="x">The input.</param>
    /// <param name="activation">The function f.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static T Value<T>(T x, Activation activation)
        where T : IFloatingPointIeee754<T> => activation switch
        {
            // Written so that NaN, which is not below 0, passes.
            Activation.Relu => x < T.Zero ? T.Zero : x,
            Activation.Sigmoid => Sigmoid(x),
            Activation.Tanh => T.Tanh(x),
            _ => x,
        };

    /// <summary>dy·f'(x), from y = f(x).</summary>
    /// <param name="y">The output of the forward pass.</param>
    /// <param name="dy">Gradient of the loss with respect to it.</param>
    /// <param name="activation">The function f.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static T Gradient<T>(T y, T dy, Activation activation)
        where T : IFloatingPointIeee754<T> => activation switch
        {
            // Forward: y = max(x, 0), which has slope 1 where it is above 0 and slope 0 elsewhere.
            Activation.Relu => y > T.Zero ? dy : T.Zero,

            // Forward: y = 1/(1 + e^-x). So dy/dx = e^-x/(1 + e^-x)² = y·(1 - y), as 1 - y = e^-x/(1 + e^-x).
            Activation.Sigmoid => dy * (y * (T.One - y)),

            // Forward: y = sinh x / cosh x. So dy/dx = (cosh² x - sinh² x)/cosh² x = 1 - y².
            Activation.Tanh => dy * (T.One - (y * y)),
            _ => dy,
        };

    /// <summary>
    /// 1/(1 + e^-x), through e^-|x|, which is at most 1: neither side overflows, and small results keep their digits.
    /// </summary>
    /// <param name="x">The input.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static T Sigmoid<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        var e = T.Exp(-T.Abs(x));
        return (x < T.Zero ? e : T.One) / (T.One + e);
    }

    internal static void RunForward(CpuBackend backend, in ActivationForwardCall call) =>
        Forward<float>(call.X.AsSpan()[..call.Count], call.Y.AsSpan(), call.Activation);

    internal static void RunBackward(CpuBackend backend, in ActivationBackwardCall call) =>
        Backward<float>(call.Y.AsSpan()[..call.Count], call.Dy.AsSpan(), call.Dx.AsSpan(), call.Activation);
}
