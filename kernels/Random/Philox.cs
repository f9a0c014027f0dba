using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>What a random number is for: part of its counter, so that no two uses ever share a number.</summary>
public enum RandomPurpose
{
    /// <summary>Initial weights.</summary>
    Weights = 1,

    /// <summary>The order of the samples in an epoch.</summary>
    Shuffle = 2,

    /// <summary>Dropout masks.</summary>
    Dropout = 3,

    /// <summary>Image augmentation.</summary>
    Augmentation = 4,

    /// <summary>Splits of a data set.</summary>
    Split = 5,
}

/// <summary>Four random words.</summary>
/// <param name="X">First word.</param>
/// <param name="Y">Second word.</param>
/// <param name="Z">Third word.</param>
/// <param name="W">Fourth word.</param>
public readonly record struct RandomWords(uint X, uint Y, uint Z, uint W);

/// <summary>
/// The counter-based generator Philox 4x32-10: every number is a function of a counter and a key, so any of them can be
/// made anywhere, in any order, on any backend, and there is no state to save.
/// </summary>
/// <remarks>
/// Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3 and table 2.
/// The counter here is (index low, index high, epoch or step, purpose and stream); the key is the seed.
/// The code is plain enough for ILGPU to compile it into kernels.
/// </remarks>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>The four words of one counter under one key.</summary>
    /// <param name="c0">Counter, word 0.</param>
    /// <param name="c1">Counter, word 1.</param>
    /// <param name="c2">Counter, word 2.</param>
    /// <param name="c3">Counter, word 3.</param>
    /// <param name="k0">Key, word 0.</param>
    /// <param name="k1">Key, word 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RandomWords Generate(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            var next0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            var next2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c1 = (uint)product1;
            c3 = (uint)product0;
            c0 = next0;
            c2 = next2;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return new RandomWords(c0, c1, c2, c3);
    }

    /// <summary>The four words with a given index among those for one purpose.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="stream">Tells apart users of the same purpose, such as layers; below 2^24.</param>
    /// <param name="epoch">Epoch or step, or 0.</param>
    /// <param name="index">Which four words.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RandomWords At(ulong seed, RandomPurpose purpose, int stream, uint epoch, ulong index) =>
        Generate((uint)index, (uint)(index >> 32), epoch, ((uint)purpose << 24) | (uint)stream, (uint)seed, (uint)(seed >> 32));

    /// <summary>A word as a number in [0, 1): its upper 24 bits, so that every value is exact in float32.</summary>
    /// <remarks>From a signed integer, since C# converts unsigned ones by way of double, which not every GPU has.</remarks>
    /// <param name="word">A random word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToUnit(uint word) => (int)(word >> 8) * (1f / (1 << 24));
}
