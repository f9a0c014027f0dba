using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// <see cref="Philox"/> of eight counters at a time, bit for bit the same. Each 32-bit word stands in the lower half of a
/// 64-bit lane, where its product with a multiplier has room; what is left in the upper half means nothing.
/// </summary>
internal static class PhiloxVector
{
    /// <summary>Random words that <see cref="At"/> makes at once.</summary>
    public const int WordCount = 32;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const ulong Weyl0 = 0x9E3779B9;
    private const ulong Weyl1 = 0xBB67AE85;

    /// <summary>
    /// The 32 words of the counters from <paramref name="index"/> to index + 7: word w of counter index + i stands at 4i + w.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="stream">Tells apart users of the same purpose.</param>
    /// <param name="epoch">Epoch or step.</param>
    /// <param name="index">The first counter.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<uint> First, Vector512<uint> Second) At(
        ulong seed, RandomPurpose purpose, int stream, uint epoch, ulong index)
    {
        var counters = Vector512.Create(index) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        var c0 = counters;
        var c1 = Vector512.ShiftRightLogical(counters, 32);
        var c2 = Vector512.Create((ulong)epoch);
        var c3 = Vector512.Create((ulong)(((uint)purpose << 24) | (uint)stream));
        var (k0, k1) = (Vector512.Create(seed & uint.MaxValue), Vector512.Create(seed >> 32));
        for (var round = 0; round < 10; round++)
        {
            var product0 = Product(c0, Multiplier0);
            var product1 = Product(c2, Multiplier1);
            c0 = Vector512.ShiftRightLogical(product1, 32) ^ c1 ^ k0;
            c2 = Vector512.ShiftRightLogical(product0, 32) ^ c3 ^ k1;
            c1 = product1;
            c3 = product0;
            k0 += Vector512.Create(Weyl0);
            k1 += Vector512.Create(Weyl1);
        }

        // Two words of a counter fill a lane; lanes of the two pairs then alternate.
        return Interleave(Lower(c0) | Vector512.ShiftLeft(c1, 32), Lower(c2) | Vector512.ShiftLeft(c3, 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Lower(Vector512<ulong> words) => words & Vector512.Create(0xFFFFFFFFUL);

    /// <summary>The products of the lower halves: one instruction, where there is one that does not look at the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> words, uint multiplier)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Multiply(words.AsUInt32(), Vector512.Create(multiplier));
        }

        if (!Avx2.IsSupported)
        {
            return Lower(words) * Vector512.Create((ulong)multiplier);
        }

        var (lower, upper) = (words.GetLower().AsUInt32(), words.GetUpper().AsUInt32());
        return Vector512.Create(
            Avx2.Multiply(lower, Vector256.Create(multiplier)), Avx2.Multiply(upper, Vector256.Create(multiplier)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint> First, Vector512<uint> Second) Interleave(Vector512<ulong> even, Vector512<ulong> odd)
    {
        var takeOdd = Vector512.Create(0UL, ulong.MaxValue, 0, ulong.MaxValue, 0, ulong.MaxValue, 0, ulong.MaxValue);
        var lowerHalf = Vector512.Create(0UL, 0, 1, 1, 2, 2, 3, 3);
        var upperHalf = Vector512.Create(4UL, 4, 5, 5, 6, 6, 7, 7);
        var first = Vector512.ConditionalSelect(takeOdd, Vector512.Shuffle(odd, lowerHalf), Vector512.Shuffle(even, lowerHalf));
        var second = Vector512.ConditionalSelect(takeOdd, Vector512.Shuffle(odd, upperHalf), Vector512.Shuffle(even, upperHalf));
        return (first.AsUInt32(), second.AsUInt32());
    }
}
