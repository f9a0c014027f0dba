using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Stochastic gradient descent in one pass, sixteen parameters at a time, on all threads.</summary>
internal static class SgdSimd
{
    public static void Run(CpuBackend backend, in SgdCall call)
    {
        var (rate, decay, momentum) = (
            Vector512.Create(call.LearningRate), Vector512.Create(call.WeightDecay), Vector512.Create(call.Momentum));
        if (call.Momentum == 0f)
        {
            Elementwise.Run(backend, new Plain(rate, decay), call.Count, call.G, call.W);
        }
        else if (call.Nesterov)
        {
            Elementwise.Run(backend, new Nesterov(rate, decay, momentum), call.Count, call.G, call.W, call.Velocity);
        }
        else
        {
            Elementwise.Run(backend, new Momentum(rate, decay, momentum), call.Count, call.G, call.W, call.Velocity);
        }
    }

    /// <summary>w = w - rate·(g + decay·w).</summary>
    private readonly struct Plain(Vector512<float> rate, Vector512<float> decay) : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float c, ref float d)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var step = VectorMath.MultiplyAdd(decay, weight, Vector512.LoadUnsafe(ref g));
            VectorMath.MultiplyAdd(-rate, step, weight).StoreUnsafe(ref w);
        }
    }

    /// <summary>u = momentum·u + g + decay·w; w = w - rate·u.</summary>
    private readonly struct Momentum(Vector512<float> rate, Vector512<float> decay, Vector512<float> momentum) : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float u, ref float d)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var step = VectorMath.MultiplyAdd(decay, weight, Vector512.LoadUnsafe(ref g));
            var velocity = VectorMath.MultiplyAdd(momentum, Vector512.LoadUnsafe(ref u), step);
            velocity.StoreUnsafe(ref u);
            VectorMath.MultiplyAdd(-rate, velocity, weight).StoreUnsafe(ref w);
        }
    }

    /// <summary>g' = g + decay·w; u = momentum·u + g'; w = w - rate·(g' + momentum·u).</summary>
    private readonly struct Nesterov(Vector512<float> rate, Vector512<float> decay, Vector512<float> momentum) : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float u, ref float d)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var step = VectorMath.MultiplyAdd(decay, weight, Vector512.LoadUnsafe(ref g));
            var velocity = VectorMath.MultiplyAdd(momentum, Vector512.LoadUnsafe(ref u), step);
            velocity.StoreUnsafe(ref u);
            VectorMath.MultiplyAdd(-rate, VectorMath.MultiplyAdd(momentum, velocity, step), weight).StoreUnsafe(ref w);
        }
    }
}
