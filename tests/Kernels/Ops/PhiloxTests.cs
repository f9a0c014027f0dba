using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

public class PhiloxTests
{
    /// <summary>The known answers that Random123, the authors' own library, is tested with.</summary>
    public static TheoryData<uint[], uint[], uint[]> KnownAnswers => new()
    {
        {
            [0, 0, 0, 0], [0, 0],
            [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
        },
        {
            [0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF], [0xFFFFFFFF, 0xFFFFFFFF],
            [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
        },
        {
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]
        },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void GivesTheAuthorsAnswers(uint[] counter, uint[] key, uint[] expected)
    {
        var words = Philox.Generate(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
        Assert.Equal(expected, new[] { words.X, words.Y, words.Z, words.W });
    }

    [Theory]
    [InlineData(0UL, 0, 0u, 0UL)]
    [InlineData(0xFEDCBA9876543210UL, 0xABCDEF, 0x89ABCDEFu, 12345UL)]

    // The index passes 2^32 among the eight.
    [InlineData(1UL, 1, 1u, 0xFFFFFFFDUL)]
    [InlineData(ulong.MaxValue, 0xFFFFFF, uint.MaxValue, ulong.MaxValue - 7)]
    public void EightCountersAtOnceGiveTheSameWords(ulong seed, int stream, uint epoch, ulong index)
    {
        var expected = Enumerable.Range(0, 8)
            .Select(i => Philox.At(seed, RandomPurpose.Augmentation, stream, epoch, index + (ulong)i))
            .SelectMany(words => new[] { words.X, words.Y, words.Z, words.W });
        var (first, second) = PhiloxVector.At(seed, RandomPurpose.Augmentation, stream, epoch, index);
        var actual = Enumerable.Range(0, 16).Select(lane => first[lane])
            .Concat(Enumerable.Range(0, 16).Select(lane => second[lane]));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void UnitNumbersReachBothEndsOfTheirRange()
    {
        Assert.Equal(0f, Philox.ToUnit(0xFF));
        Assert.Equal(1f - (1f / (1 << 24)), Philox.ToUnit(uint.MaxValue));
        Assert.Equal(0.5f, Philox.ToUnit(0x80000000));
    }
}
