using ScratchNet.Cli;
using ScratchNet.Cli.Verify;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class VerifyTests
{
    [Fact]
    public void AKilledRunGoesOnToTheSameBitsWithAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        var result = CliProcess.Run(folder.Path, "verify", "--threads", "1,2", "--kills", "2", "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        var lines = result.JsonLines();
        Assert.Equal([1, 1, 2, 2], lines[..^1].Select(line => line.GetProperty("threads").GetInt32()));
        Assert.Single(lines[..^1].Select(line => line.GetProperty("sha256").GetString()).Distinct());
        Assert.Equal(0, lines[0].GetProperty("resumed_from").GetArrayLength());
        Assert.NotEqual(0, lines[1].GetProperty("resumed_from").GetArrayLength());
        Assert.True(lines[^1].GetProperty("same").GetBoolean());
    }

    [Fact]
    public void ASingleOtherBitFails()
    {
        using var output = new StringWriter();
        var report = new VerifyReport(Terminal.Redirected(output, output), asJson: false);
        report.Add(new TrialResult(1, [], 10, new string('a', 64)));
        report.Add(new TrialResult(3, [5, 80], 10, new string('b', 64)));
        var error = Assert.Throws<FailureException>(() => report.Conclude());
        Assert.Contains("3 threads, killed 2 times, has other bits", error.Message, StringComparison.Ordinal);
        Assert.Contains("OTHERS  5, 80", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify --threads 0", "--threads", "'0'")]
    [InlineData("verify --kills many", "--kills", "'many'")]
    public void WrongOptionsAreNamed(string args, params string[] parts) => InProcess.Refuses(2, args, parts);
}
