using System.Runtime.Intrinsics.X86;
using ScratchNet.Tests.Cli;
using Xunit;

namespace ScratchNet.Tests.Kernels.Cpu;

/// <summary>
/// The kernels on processors that lack what this one has. The runtime can be told to use less only when it starts.
/// </summary>
public class OldProcessorTests
{
    [SkippableTheory]
    [InlineData("DOTNET_EnableAVX")]
    [InlineData("DOTNET_EnableFMA")]
    [InlineData("DOTNET_EnableAVX512")]
    public void ProductsAreRightWithout(string instructions)
    {
        if (!Avx.IsSupported)
        {
            Requirements.Skip("the switch is for processors of the x86 family with AVX");
        }

        using var folder = new TemporaryFolder();
        var result = CliProcess.Run(folder.Path, [(instructions, "0")],
            "bench", "matmul", "--device", "cpu", "--threads", "1", "--sizes", "33x50x70", "--variants", "simd", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var row = Assert.Single(result.JsonLines());
        Assert.True(row.GetProperty("verified").GetBoolean());
    }
}
