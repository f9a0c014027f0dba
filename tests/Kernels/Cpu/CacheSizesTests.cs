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
    public void CountsTheCoresThatShareACache(string? list, int cores) => Assert.Equal(cores, CacheSizes.Cores(list));

    [Fact]
    public void SizesAreSoundOnAnyMachine()
    {
        Assert.InRange(CacheSizes.L2, 64 * 1024, 64 * 1024 * 1024);
        Assert.InRange(CacheSizes.L3Share, 128 * 1024, 1024 * 1024 * 1024);
    }
}
