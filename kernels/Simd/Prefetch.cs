using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// Tells the processor what will be needed soon. It finds that out by itself where memory is gone through in order, but not where
/// several rows are read at once, in an order that looks like none.
/// </summary>
internal static unsafe class Prefetch
{
    // What memory takes to answer is the time of about four kilobytes of the work that such loops do.
    private const int Distance = 4096;
    private const int Line = 64;

    /// <summary>Fetches the lines of <paramref name="memory"/>.</summary>
    public static void Whole(ReadOnlySpan<byte> memory) => Lines(ref MemoryMarshal.GetReference(memory), 0, memory.Length);

    /// <summary>
    /// Fetches as many lines as <paramref name="work"/> has, from what lies the usual distance behind its start, which may be
    /// beyond the memory that there is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(ReadOnlySpan<float> work) =>
        Lines(ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(work)), Distance, work.Length * sizeof(float));

    /// <summary>Fetches into the first-level cache: what it has no room for goes on to the second.</summary>
    /// <remarks>ARM64 has no such call in .NET.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lines(ref byte start, int distance, int length)
    {
        if (Sse.IsSupported)
        {
            // A prefetch changes nothing and cannot fail, wherever it points: what it is given need not stay in place.
            var first = (byte*)Unsafe.AsPointer(ref start) + distance;
            for (var at = 0; at < length; at += Line)
            {
                Sse.Prefetch0(first + at);
            }
        }
    }
}
