using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Activations of sixteen elements at a time, on all threads.</summary>
internal static class ActivationSimd
{
    /// <summary>y[i] = f(x[i]), on the thread that calls; y may be the same memory as x.</summary>
    /// <param name="x">Inputs.</param>
    /// <param name="y">Outputs, as many; overwritten.</param>
    /// <param name="activation">The function f.</param>
    public static void Apply(Span<float> x, Span<float> y, Activation activation)
    {
        switch (activation)
        {
            case Activation.Relu:
                Elementwise.Run(default(Relu), x, y, default, default);
                break;
            case Activation.Sigmoid:
                Elementwise.Run(default(Sigmoid), x, y, default, default);
                break;
            case Activation.Tanh:
                Elementwise.Run(default(Tanh), x, y, default, default);
                break;
            default:
                x.CopyTo(y);
                break;
        }
    }

    public static void RunForward(CpuBackend backend, in ActivationForwardCall call)
    {
        switch (call.Activation)
        {
            case Activation.Relu:
                Elementwise.Run(backend, default(Relu), call.Count, call.X, call.Y);
                break;
            case Activation.Sigmoid:
                Elementwise.Run(backend, default(Sigmoid), call.Count, call.X, call.Y);
                break;
            case Activation.Tanh:
                Elementwise.Run(backend, default(Tanh), call.Count, call.X, call.Y);
                break;
            default:
                call.X.AsSpan()[..call.Count].CopyTo(call.Y.AsSpan());
                break;
        }
    }

    public static void RunBackward(CpuBackend backend, in ActivationBackwardCall call)
    {
        switch (call.Activation)
        {
            case Activation.Relu:
                Elementwise.Run(backend, default(ReluBackward), call.Count, call.Y, call.Dy, call.Dx);
                break;
            case Activation.Sigmoid:
                Elementwise.Run(backend, default(SigmoidBackward), call.Count, call.Y, call.Dy, call.Dx);
                break;
            case Activation.Tanh:
                Elementwise.Run(backend, default(TanhBackward), call.Count, call.Y, call.Dy, call.Dx);
                break;
            default:
                call.Dy.AsSpan()[..call.Count].CopyTo(call.Dx.AsSpan());
                break;
        }
    }

    private readonly struct Relu : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float x, ref float y, ref float c, ref float d)
            where TStore : struct, IStore =>
            TStore.Store(VectorMath.Relu(Vector512.LoadUnsafe(ref x)), ref y);
    }

    private readonly struct Sigmoid : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        public static bool IsLong => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float x, ref float y, ref float c, ref float d)
            where TStore : struct, IStore =>
            TStore.Store(VectorMath.Sigmoid(Vector512.LoadUnsafe(ref x)), ref y);
    }

    private readonly struct Tanh : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        public static bool IsLong => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float x, ref float y, ref float c, ref float d)
            where TStore : struct, IStore =>
            TStore.Store(VectorMath.Tanh(Vector512.LoadUnsafe(ref x)), ref y);
    }

    /// <summary>Forward: y = max(x, 0), of slope 1 where y &gt; 0, else 0. So dx = y &gt; 0 ? dy : 0.</summary>
    private readonly struct ReluBackward : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float y, ref float dy, ref float dx, ref float d)
            where TStore : struct, IStore
        {
            var passes = Vector512.GreaterThan(Vector512.LoadUnsafe(ref y), Vector512<float>.Zero);
            TStore.Store(passes & Vector512.LoadUnsafe(ref dy), ref dx);
        }
    }

    /// <summary>Forward: y = 1/(1 + e^-x), of slope y(1 - y). So dx = dy·y·(1 - y).</summary>
    private readonly struct SigmoidBackward : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float y, ref float dy, ref float dx, ref float d)
            where TStore : struct, IStore
        {
            var s = Vector512.LoadUnsafe(ref y);
            TStore.Store(Vector512.LoadUnsafe(ref dy) * (s * (Vector512<float>.One - s)), ref dx);
        }
    }

    /// <summary>Forward: y = tanh x, of slope 1 - y². So dx = dy·(1 - y²).</summary>
    private readonly struct TanhBackward : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float y, ref float dy, ref float dx, ref float d)
            where TStore : struct, IStore
        {
            var t = Vector512.LoadUnsafe(ref y);
            TStore.Store(Vector512.LoadUnsafe(ref dy) * VectorMath.MultiplyAdd(-t, t, Vector512<float>.One), ref dx);
        }
    }
}
