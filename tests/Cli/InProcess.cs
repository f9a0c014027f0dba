using ScratchNet.Cli;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>Runs command lines in the test's own process: for those that end before anything is trained.</summary>
internal static class InProcess
{
    public static CliResult Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CommandLine.Run(args, Terminal.Redirected(output, error));
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Asserts that a command line is refused with one line that says certain things.</summary>
    public static void Refuses(int exitCode, string args, params string[] parts)
    {
        var result = Run(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Out));
        AssertOneErrorLine(result.Error);
        Assert.All(parts, part => Assert.Contains(part, result.Error, StringComparison.Ordinal));
    }

    public static void AssertOneErrorLine(string error)
    {
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("should not happen", error, StringComparison.Ordinal);
    }
}
