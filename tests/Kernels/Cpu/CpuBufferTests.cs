using System.Runtime.CompilerServices;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Cpu;

/// <summary>Where buffers lie in memory.</summary>
public class CpuBufferTests
{
    private const int Line = 64;
    private const int PageLines = 64;

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(16 * 1024)]
    [InlineData(3 * 1024 * 1024)]
    public void BuffersBeginOnACacheLineAndAreEmpty(int length)
    {
        using var backend = new CpuBackend(1);
        for (var i = 0; i < 5; i++)
        {
            using var buffer = backend.Allocate<float>(length);
            Assert.Equal(0UL, Address(buffer) % Line);
            Assert.Equal(length, buffer.Length);
            Assert.All(buffer.View.ToArray(), value => Assert.Equal(0f, value));
        }
    }

    [Fact]
    public void LargeBuffersMadeOneAfterAnotherBeginFarApartInTheirPages()
    {
        using var backend = new CpuBackend(1);
        ulong[] lines = [.. Enumerable.Range(0, 40).Select(_ => Address(backend.Allocate<float>(16 * 1024)) / Line % PageLines)];
        for (var i = 0; i < lines.Length; i++)
        {
            for (var j = i + 1; j < Math.Min(i + 9, lines.Length); j++)
            {
                var apart = (lines[i] - lines[j]) % PageLines;
                Assert.InRange(Math.Min(apart, PageLines - apart), 5UL, 32UL);
            }
        }
    }

    [Fact]
    public void MoreThanAnArrayHoldsIsMemoryThatIsNotThere()
    {
        using var backend = new CpuBackend(1);
        var error = Assert.Throws<DeviceMemoryException>(() => backend.Allocate<byte>(Array.MaxLength));
        Assert.Contains($"{Array.MaxLength:N0} more elements", error.Message, StringComparison.Ordinal);
        Assert.Throws<DeviceMemoryException>(() => backend.Allocate<byte>(int.MaxValue));
    }

    /// <summary>Buffers are pinned, so their address stays.</summary>
    private static ulong Address(DeviceBuffer<float> buffer) =>
        (ulong)Unsafe.ByteOffset(ref Unsafe.NullRef<float>(), ref buffer.View.AsSpan()[0]);
}
