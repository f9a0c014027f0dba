using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>Clipping by the norm, sixteen gradients at a time, on all threads.</summary>
internal static class ClipNormSimd
{
    public static void Run(CpuBackend backend, in ClipNormCall call)
    {
        var norm = MathF.Sqrt(call.SquaredSum.AsSpan()[0]);
        if (norm <= call.Limit)
        {
            return;
        }

        var scale = float.IsFinite(norm) ? call.Limit / norm : float.NaN;
        Elementwise.Run(backend, new Scale(Vector512.Create(scale)), call.Count, call.G, call.G);
    }

    /// <summary>y = scale·x.</summary>
    private readonly struct Scale(Vector512<float> scale) : IElementwise
    {
        public static int Arrays => 2;

        public static int Inputs => 1;

        public static bool Updates => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TStore>(ref float x, ref float y, ref float c, ref float d)
            where TStore : struct, IStore =>
            (scale * Vector512.LoadUnsafe(ref x)).StoreUnsafe(ref y);
    }
}
