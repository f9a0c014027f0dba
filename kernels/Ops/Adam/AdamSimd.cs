using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Adam and AdamW in one pass, sixteen parameters at a time, on all threads.</summary>
internal static class AdamSimd
{
    public static void Run(CpuBackend backend, in AdamCall call) =>
        Elementwise.Run(backend, new Update(call), call.Count, call.G, call.W, call.FirstMoment, call.SecondMoment);

    /// <summary>The update of <see cref="AdamReference"/>; names as there.</summary>
    private readonly struct Update(in AdamCall call) : IElementwise
    {
        private readonly Vector512<float> _beta1 = Vector512.Create(call.Beta1);
        private readonly Vector512<float> _beta2 = Vector512.Create(call.Beta2);
        private readonly Vector512<float> _rest1 = Vector512.Create(1f - call.Beta1);
        private readonly Vector512<float> _rest2 = Vector512.Create(1f - call.Beta2);
        private readonly Vector512<float> _decay = Vector512.Create(call.CoupledDecay);
        private readonly Vector512<float> _shrink = Vector512.Create(call.Shrink);
        private readonly Vector512<float> _stepSize = Vector512.Create(call.StepSize);
        private readonly Vector512<float> _rootScale = Vector512.Create(call.RootScale);
        private readonly Vector512<float> _epsilon = Vector512.Create(call.Epsilon);

        public static int Arrays => 4;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float g, ref float w, ref float m, ref float v)
            where TStore : struct, IStore
        {
            var weight = Vector512.LoadUnsafe(ref w);
            var gradient = VectorMath.MultiplyAdd(_decay, weight, Vector512.LoadUnsafe(ref g));
            var first = VectorMath.MultiplyAdd(_rest1, gradient, _beta1 * Vector512.LoadUnsafe(ref m));
            var second = VectorMath.MultiplyAdd(_rest2 * gradient, gradient, _beta2 * Vector512.LoadUnsafe(ref v));
            first.StoreUnsafe(ref m);
            second.StoreUnsafe(ref v);
            var root = VectorMath.MultiplyAdd(_rootScale, Vector512.Sqrt(second), _epsilon);
            VectorMath.MultiplyAdd(_shrink, weight, -(_stepSize * first / root)).StoreUnsafe(ref w);
        }
    }
}
