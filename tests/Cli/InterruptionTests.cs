using System.Text.Json;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class InterruptionTests
{
    // It cannot be over before the signal arrives, which is sent when the first line has been read: a pipe holds 64 KB, some 300
    // lines, and when it is full the run waits for its reader.
    private static readonly string[] LongRun =
        ["train", "--epochs", "500", "--hidden", "8", "--batch-size", "100", "--dropout", "0.1", "--augment", "--seed", "5",
            "--threads", "1", "--json"];

    [SkippableFact]
    public void AnInterruptedRunGoesOnToTheSameBits()
    {
        using var folder = new TemporaryFolder();
        var stopped = Interrupt(folder.Path, Signals.Interrupt);
        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains("scratchnet train --resume cut", stopped.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("cut/model.safetensors")));

        var again = CliProcess.Run(folder.Path, "train", "--run", "cut", "--epochs", "1");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--resume cut", again.Error, StringComparison.Ordinal);

        Assert.Equal(0, CliProcess.Run(folder.Path, "train", "--hidden", "8", "--epochs", "1", "--output", "m.safetensors",
            "--threads", "1", "--quiet").ExitCode);
        var elsewhere = CliProcess.Run(
            folder.Path, "train", "--resume", "m.checkpoint.safetensors", "--epochs", "2", "--run", "cut");
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("--resume cut", elsewhere.Error, StringComparison.Ordinal);

        var resumed = CliProcess.Run(folder.Path, "train", "--resume", "cut", "--json", "--quiet");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(0, CliProcess.Run(folder.Path, [.. LongRun, "--run", "whole"]).ExitCode);
        Assert.Equal(File.ReadAllBytes(folder.File("whole/model.safetensors")),
            File.ReadAllBytes(folder.File("cut/model.safetensors")));
    }

    [SkippableFact]
    public void TerminationSavesACheckpointToo()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(130, Interrupt(folder.Path, Signals.Terminate).ExitCode);
        Assert.True(File.Exists(folder.File("cut/checkpoint.safetensors")));
    }

    [Fact]
    public void AFinishedRunIsReplacedAloud()
    {
        using var folder = new TemporaryFolder();
        string[] run = ["train", "--hidden", "8", "--epochs", "1", "--threads", "1", "--quiet", "--run", "a"];
        Assert.Equal("", CliProcess.Run(folder.Path, run).Error);
        Assert.NotEqual(0, CliProcess.Run(folder.Path, [.. run, "--device", "opencl:99"]).ExitCode);
        Assert.True(File.Exists(folder["a/model.safetensors"]));
        var again = CliProcess.Run(folder.Path, [.. run, "--learning-rate", "900", "--weight-decay", "900", "--optimizer", "sgd"]);
        Assert.StartsWith("warning: a: held a run that had finished, which this one replaces\n", again.Error,
            StringComparison.Ordinal);
        Assert.Equal(1, again.ExitCode);
        Assert.False(File.Exists(folder["a/model.safetensors"]));
        Assert.Single(Directory.GetFiles(folder["a"], "events.out.tfevents.*"));
    }

    [Fact]
    public void AFinishedRunCanBeMadeLonger()
    {
        using var folder = new TemporaryFolder();
        string[] run = ["train", "--hidden", "8", "--schedule", "constant", "--threads", "1", "--json", "--quiet"];
        Assert.Equal(0, CliProcess.Run(folder.Path, [.. run, "--epochs", "1", "--output", "a.safetensors"]).ExitCode);
        Assert.Equal(0, CliProcess.Run(folder.Path, [.. run, "--epochs", "2", "--output", "b.safetensors"]).ExitCode);

        var longer = CliProcess.Run(folder.Path, "train", "--resume", "a.checkpoint.safetensors", "--epochs", "2", "--json",
            "--quiet");
        Assert.Equal((0, ""), (longer.ExitCode, longer.Error));
        Assert.Equal([2], longer.JsonLines()[..^1].Select(line => line.GetProperty("epoch").GetInt32()));
        Assert.Equal(File.ReadAllBytes(folder.File("b.safetensors")), File.ReadAllBytes(folder.File("a.safetensors")));
    }

    private static CliResult Interrupt(string folder, int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            Requirements.Skip("Windows has no signals to send");
        }

        using var process = CliProcess.Start(folder, [], [.. LongRun, "--run", "cut"]);
        var first = process.StandardOutput.ReadLine()!;
        Assert.Equal("epoch", JsonDocument.Parse(first).RootElement.GetProperty("event").GetString());
        Signals.Send(process.Id, signal);
        return CliProcess.Finish(process);
    }
}
