using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Cpu;

/// <summary>The sizes that blocks are cut to, and how the system's words for them are read.</summary>
public class CacheSizesTests
{
    [Theory]
    [InlineData("48K", 48)]
    [InlineData("32768K", 32768)]
    [InlineData("1M", 0)]
    [InlineData("-4K", 0)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    public void ReadsASize(string? text, int kilobytes) => Assert.Equal(kilobytes, CacheSizes.Kilobytes(text));

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0-1", 2)]
    [InlineData("0-3,8-11", 8)]
    [InlineData("all", 1)]
    [InlineData(null, 1)]
    public void CountsTheThreadsThatShareACache(string? list, int threads) => Assert.Equal(threads, CacheSizes.Threads(list));

    [Fact]
    public void SizesAreSoundOnAnyMachine()
    {
        Assert.InRange(CacheSizes.L2, 64 * 1024, 64 * 1024 * 1024);
        Assert.InRange(CacheSizes.L3Share, 128 * 1024, 1024 * 1024 * 1024);
    }

    [Fact]
    public void AProcessorTellsItsCachesOneByOne()
    {
        // 48 KB in 12 ways of 64 lines of 64 bytes, 2 MB in 16 ways for two, 36 MB in 12 ways for sixteen; and instructions.
        var answers = new Dictionary<(int, int), CpuidCaches.Answer>
        {
            [(0, 0)] = new(A: 0x20, 0, 0, 0),
            [(4, 0)] = new(Cache(type: 1, level: 1, sharers: 2), Shape(ways: 12), C: 63, 0),
            [(4, 1)] = new(Cache(type: 2, level: 1, sharers: 2), Shape(ways: 8), C: 63, 0),
            [(4, 2)] = new(Cache(type: 3, level: 2, sharers: 2), Shape(ways: 16), C: 2047, 0),
            [(4, 3)] = new(Cache(type: 3, level: 3, sharers: 16), Shape(ways: 12), C: 49151, 0),
        };
        Assert.Equal(
            [new DataCache(1, 48 << 10, 2), new DataCache(2, 2 << 20, 2), new DataCache(3, 36 << 20, 16)],
            CpuidCaches.Read((function, index) => answers.GetValueOrDefault((function, index))));

        static uint Cache(uint type, uint level, uint sharers) => type | (level << 5) | ((sharers - 1) << 14);
        static uint Shape(uint ways) => ((ways - 1) << 22) | 63;
    }

    [Fact]
    public void OneThatListsNoneMayTellTheirSizes()
    {
        // As a virtual machine on a Zen 5 answers: 1 MB of second level, 508 MB of third level in all its groups of cores.
        var answers = new Dictionary<(int, int), CpuidCaches.Answer>
        {
            [(0, 0)] = new(A: 0xD, 0, 0, 0),
            [(unchecked((int)0x80000000), 0)] = new(A: 0x80000021, 0, 0, 0),
            [(unchecked((int)0x80000006), 0)] = new(0, 0, C: 1024u << 16, D: 1016u << 18),
            [(unchecked((int)0x80000008), 0)] = new(0, 0, C: 1, 0),
        };
        Assert.Equal(
            [new DataCache(2, 1 << 20, 1), new DataCache(3, 32 << 20, 2)],
            CpuidCaches.Read((function, index) => answers.GetValueOrDefault((function, index))));
    }

    [Fact]
    public void OneThatTellsNothingHasUnknownCaches() => Assert.Empty(CpuidCaches.Read((_, _) => default));
}
