using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Stochastic gradient descent in one pass, sixteen parameters at a time, on all threads.</summary>
internal static class SgdSimd
{
    public static void Run(CpuBackend backend, in SgdCall call)
    {
        var (minusRate, decay, momentum) = (-call.LearningRate, call.WeightDecay, call.Momentum);
        if (call.Momentum == 0f)
        {
            Elementwise.Run(backend, new Plain(minusRate, decay), call.Count, call.G, call.W);
        }
        else if (call.Nesterov)
        {
            Elementwise.Run(backend, new Nesterov(minusRate, decay, momentum), call.Count, call.G, call.W, call.Velocity);
        }
        else
        {
            Elementwise.Run(backend, new Momentum(minusRate, decay, momentum), call.Count, call.G, call.W, call.Velocity);
        }
    }

    /// <summary>w = w - rate·(g + decay·w).</summary>
    private readonly struct Plain(float minusRate, float decay) : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float c, ref float d)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var step = VectorMath.MultiplyAdd(Vector512.Create(decay), weight, Vector512.LoadUnsafe(ref g));
            VectorMath.MultiplyAdd(Vector512.Create(minusRate), step, weight).StoreUnsafe(ref w);
        }
    }

    /// <summary>u = momentum·u + g + decay·w; w = w - rate·u.</summary>
    private readonly struct Momentum(float minusRate, float decay, float momentum) : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float u, ref float d)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var step = VectorMath.MultiplyAdd(Vector512.Create(decay), weight, Vector512.LoadUnsafe(ref g));
            var velocity = VectorMath.MultiplyAdd(Vector512.Create(momentum), Vector512.LoadUnsafe(ref u), step);
            velocity.StoreUnsafe(ref u);
            VectorMath.MultiplyAdd(Vector512.Create(minusRate), velocity, weight).StoreUnsafe(ref w);
        }
    }

    /// <summary>g' = g + decay·w; u = momentum·u + g'; w = w - rate·(g' + momentum·u).</summary>
    private readonly struct Nesterov(float minusRate, float decay, float momentum) : IElementwise
    {
        public static int Arrays => 3;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float u, ref float d)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var step = VectorMath.MultiplyAdd(Vector512.Create(decay), weight, Vector512.LoadUnsafe(ref g));
            var velocity = VectorMath.MultiplyAdd(Vector512.Create(momentum), Vector512.LoadUnsafe(ref u), step);
            velocity.StoreUnsafe(ref u);
            step = VectorMath.MultiplyAdd(Vector512.Create(momentum), velocity, step);
            VectorMath.MultiplyAdd(Vector512.Create(minusRate), step, weight).StoreUnsafe(ref w);
        }
    }
}
