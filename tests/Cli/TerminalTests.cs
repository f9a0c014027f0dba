using System.Text.RegularExpressions;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>Runs the program on a terminal, which <c>script</c> (util-linux) imitates.</summary>
public class TerminalTests
{
    private static readonly Regex Colour = new("\u001B\\[[0-9;]*[1-9][0-9;]*m");

    [SkippableFact]
    public void ATerminalGetsALiveDisplayInColours()
    {
        var screen = Screen(("TERM", "xterm"), ("NO_COLOR", ""));
        Assert.Matches(Colour, screen);
        Assert.Contains("\u001B[?25l", screen, StringComparison.Ordinal);
        Assert.EndsWith("report.html", screen.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("\u001B[?25h", screen, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void NoColorLeavesTheDisplayWithoutColours()
    {
        var screen = Screen(("TERM", "xterm"), ("NO_COLOR", "1"));
        Assert.DoesNotMatch(Colour, screen);
        Assert.Contains("\u001B[?25l", screen, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ADumbTerminalGetsPlainLines()
    {
        var screen = Screen(("TERM", "dumb"), ("NO_COLOR", ""));
        Assert.DoesNotContain('\u001B', screen);
        Assert.Contains("epoch 2/2", screen, StringComparison.Ordinal);
    }

    private static string Screen(params (string Name, string Value)[] environment)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
        {
            Requirements.Skip("'script' of util-linux, which imitates a terminal, is not installed");
        }

        using var folder = new TemporaryFolder();
        var result = CliProcess.RunOnTerminal(folder.Path, environment, "train --epochs 2 --hidden 8 --threads 1 --run run");
        Assert.Equal(0, result.ExitCode);
        return result.Out;
    }
}
