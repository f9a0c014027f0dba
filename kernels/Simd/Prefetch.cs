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

    /// <summary>
    /// Fetches as many lines as <paramref name="work"/> has, from what lies the usual distance behind its start, which may be
    /// beyond the memory that there is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(ReadOnlySpan<float> work)
    {
        if (Sse.IsSupported)
        {
            var first = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(work)) + Distance;
            for (var at = 0; at < work.Length * sizeof(float); at += Line)
            {
                Sse.Prefetch0(first + at);
            }
        }
    }
}
