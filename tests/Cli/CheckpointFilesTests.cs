using ScratchNet.Cli;
using ScratchNet.Cli.Runs;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>When checkpoints are saved, which are kept, and what happens to damaged ones, full disks and second runs.</summary>
public class CheckpointFilesTests
{
    private static readonly string[] Options =
        ["--hidden", "8", "--batch-size", "200", "--epochs", "2", "--threads", "1", "--no-augment", "--quiet"];

    [Fact]
    public void TheLastAreKeptAndADamagedOneFallsBackToTheOneBefore()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CliProcess.Run(
            folder.Path, ["train", .. Options, "--run", "a", "--checkpoint-every", "5", "--keep", "3"]).ExitCode);
        var steps = Directory.GetFiles(folder["a"], "checkpoint*").Select(Path.GetFileName).Order();
        Assert.Equal(["checkpoint.safetensors", "checkpoint.step-30.safetensors", "checkpoint.step-35.safetensors"], steps);

        var model = File.ReadAllBytes(folder["a/model.safetensors"]);
        var newest = File.ReadAllBytes(folder["a/checkpoint.safetensors"]);
        newest[^1] ^= 1;
        File.WriteAllBytes(folder["a/checkpoint.safetensors"], newest);
        var resumed = CliProcess.Run(folder.Path, "train", "--resume", "a", "--quiet");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("data_xxh128 does not match", resumed.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"used instead: {Path.Combine("a", "checkpoint.step-35.safetensors")}, step 35", resumed.Error,
            StringComparison.Ordinal);
        Assert.Equal(1, resumed.Error.Count(c => c == '\n'));
        Assert.Equal(model, File.ReadAllBytes(folder["a/model.safetensors"]));
    }

    [Fact]
    public void EveryCommandFallsBackToTheCheckpointBeforeADamagedOne()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CliProcess.Run(folder.Path, ["train", .. Options, "--run", "a", "--checkpoint-every", "15"]).ExitCode);
        File.Delete(folder["a/model.safetensors"]);
        File.WriteAllBytes(folder["a/checkpoint.safetensors"], File.ReadAllBytes(folder["a/checkpoint.safetensors"])[..^100]);
        foreach (var command in (string[])["evaluate", "report", "doctor"])
        {
            var result = CliProcess.Run(folder.Path, command, "a");
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Single(result.Error.Split('\n'), line => line.Contains("checkpoint.step-30", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void TheFutureOfAnOlderCheckpointIsGivenUpWithItsFirstSuccessor()
    {
        using var folder = new TemporaryFolder();
        void Save(CheckpointFiles files, long step) => files.Save(step, path => File.WriteAllText(path, $"{step}"));
        var left = new CheckpointFiles(folder["checkpoint.safetensors"], keep: 9);
        foreach (var step in new[] { 5, 10, 15, 20 })
        {
            Save(left, step);
        }

        Save(new CheckpointFiles(folder["checkpoint.safetensors"], keep: 9), 12);
        Assert.Equal(
            ["checkpoint.safetensors", "checkpoint.step-10.safetensors", "checkpoint.step-5.safetensors"], folder.Names());
        Assert.Equal("12", File.ReadAllText(folder["checkpoint.safetensors"]));
    }

    [Fact]
    public void AnOlderCheckpointCanBeChosen()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CliProcess.Run(
            folder.Path, ["train", .. Options, "--output", "m.safetensors", "--checkpoint-every", "20"]).ExitCode);
        Assert.Equal(["m.checkpoint.safetensors", "m.checkpoint.step-20.safetensors", "m.safetensors"], folder.Names());
        var model = File.ReadAllBytes(folder["m.safetensors"]);
        File.Delete(folder["m.safetensors"]);

        // The bundled digits are nowhere else, so a place to look for them must be a mistake.
        var misled = CliProcess.Run(folder.Path, "train", "--resume", "m.checkpoint.safetensors", "--data", "elsewhere");
        Assert.Equal(2, misled.ExitCode);
        Assert.Contains("--data is elsewhere, but the run in m.checkpoint.safetensors has the bundled digits", misled.Error,
            StringComparison.Ordinal);
        Assert.Equal(0, CliProcess.Run(folder.Path, "train", "--resume", "m.checkpoint.step-20.safetensors", "--quiet").ExitCode);
        Assert.Equal(model, File.ReadAllBytes(folder["m.safetensors"]));
    }

    [Fact]
    public void AFailingDiskLeavesTheOthersAndTheNextIsTried()
    {
        using var folder = new TemporaryFolder();
        var files = new CheckpointFiles(folder["c.safetensors"], keep: 2);
        files.Save(10, path => File.WriteAllText(path, "ten"));
        files.Save(20, path => File.WriteAllText(path, "twenty"));
        Assert.Throws<IOException>(() => files.Save(30, _ => throw new IOException("the disk is full")));
        Assert.Equal(["c.safetensors", "c.step-10.safetensors"], folder.Names());
        Assert.Equal(20, files.NewestStep);
        files.Save(40, path => File.WriteAllText(path, "forty"));
        Assert.Equal(["c.safetensors", "c.step-20.safetensors"], folder.Names());
        Assert.Equal("forty", File.ReadAllText(folder["c.safetensors"]));
    }

    [Fact]
    public void ARunWithoutANameTakesTheNextOneWhenAnotherWasQuicker()
    {
        using var folder = new TemporaryFolder();
        RunFiles Files(string name) => RunFiles.ForNew(folder[name], "");
        var (first, held) = RunLock.Take(() => Files("a"), mayMove: true);
        using (held)
        {
            Assert.Equal(folder["a"], first.Folder!.Path);
            var names = new Queue<string>(["a", "b"]);
            var (second, other) = RunLock.Take(() => Files(names.Dequeue()), mayMove: true);
            other.Dispose();
            Assert.Equal(folder["b"], second.Folder!.Path);
            Assert.Throws<FailureException>(() => RunLock.Take(() => Files("a"), mayMove: false));
        }

        // One that began and ended meanwhile keeps its model.
        File.WriteAllText(first.Model, "a model");
        var later = new Queue<string>(["a", "c"]);
        var (third, last) = RunLock.Take(() => Files(later.Dequeue()), mayMove: true);
        last.Dispose();
        Assert.Equal(folder["c"], third.Folder!.Path);
    }

    [SkippableFact]
    public void AFullDiskDuringARunWarnsAndTrainingGoesOn()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no mode bits that keep a name from being taken");
        using var folder = new TemporaryFolder();

        // No checkpoint but the first can be written: the name under which later ones are prepared is a folder.
        Directory.CreateDirectory(folder["a/checkpoint.next.safetensors"]);
        var run = CliProcess.Run(folder.Path, ["train", .. Options, "--run", "a", "--checkpoint-every", "5"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Training goes on, and the next checkpoint is tried", run.Error, StringComparison.Ordinal);

        // On a slow machine a further line says what share of the time checkpoints took.
        var warnings = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, warnings.Count(line => !line.Contains("% of the time", StringComparison.Ordinal)));
        Assert.True(File.Exists(folder["a/model.safetensors"]));
    }

    [Fact]
    public void ASecondRunInTheSameFolderIsRefused()
    {
        using var folder = new TemporaryFolder();
        using var first = CliProcess.Start(folder.Path, [],
            ["train", "--hidden", "8", "--no-augment", "--epochs", "100000", "--run", "a", "--json", "--quiet"]);
        Assert.Contains("epoch", first.StandardOutput.ReadLine(), StringComparison.Ordinal);
        var second = CliProcess.Run(folder.Path, ["train", .. Options, "--run", "a"]);
        first.Kill();
        first.WaitForExit();
        Assert.Equal((1, ""), (second.ExitCode, second.Out));
        Assert.Contains("a: another run is writing there", second.Error, StringComparison.Ordinal);
        Assert.Equal(1, second.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void TheDefaultIsAsSeldomAsItTakesToCostTwoPercent()
    {
        var (five, cheap, dear) = (TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(0.5));
        Assert.True(CheckpointCadence.Default.IsDue(1, five, cheap));
        Assert.False(CheckpointCadence.Default.IsDue(1, five, dear));
        Assert.True(CheckpointCadence.Default.IsDue(1, 5 * five, dear));
        Assert.True(CheckpointCadence.Read("4.5s").IsDue(1, five, dear));
        Assert.Equal(
            [false, true], new long[] { 399, 400 }.Select(step => CheckpointCadence.Read("200").IsDue(step, five, dear)));
    }

    [Theory]
    [InlineData("train --checkpoint-every 0", "--checkpoint-every", "'0'", "30s")]
    [InlineData("train --checkpoint-every 0s", "--checkpoint-every", "'0'", "above 0")]
    [InlineData("train --keep 0", "--keep", "'0'")]
    public void WrongOptionsAreNamed(string args, params string[] parts) => InProcess.Refuses(2, args, parts);
}
