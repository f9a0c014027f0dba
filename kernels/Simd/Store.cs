using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>How sixteen floats that nobody has read are written.</summary>
internal interface IStore
{
    /// <summary>Writes them.</summary>
    static abstract void Store(Vector512<float> values, ref float target);
}

/// <summary>Into the cache, where whoever reads them next finds them.</summary>
internal readonly struct StoreInCache : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, ref float target) => values.StoreUnsafe(ref target);
}

/// <summary>
/// Past the caches, to a 64-byte boundary: whole lines go to memory without being read first, which saves a third of what
/// <c>y = f(x)</c> moves. Only for data that no cache would hold until it is read.
/// </summary>
internal readonly struct StorePastCaches : IStore
{
    /// <summary>Bytes of which a target's address must be a multiple.</summary>
    public const int Alignment = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector512<float> values, ref float target) =>
        values.StoreAlignedNonTemporal((float*)Unsafe.AsPointer(ref target));
}
