using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>A moving average, sixteen values at a time, on all threads.</summary>
internal static class MovingAverageSimd
{
    public static void Run(CpuBackend backend, in MovingAverageCall call) =>
        Elementwise.Run(backend, new Update(Vector512.Create(call.NewShare)), call.Count, call.W, call.Average);

    /// <summary>a = a + share·(w - a).</summary>
    private readonly struct Update(Vector512<float> share) : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float w, ref float a, ref float c, ref float d)
            where TStore : struct, IStore
        {
            var average = Vector512.LoadUnsafe(ref a);
            VectorMath.MultiplyAdd(share, Vector512.LoadUnsafe(ref w) - average, average).StoreUnsafe(ref a);
        }
    }
}
