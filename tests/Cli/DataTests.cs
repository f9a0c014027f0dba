using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class DataTests
{
    [Fact]
    public void DataTellsWhatIsHereAndWhatIsNotWhole()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("t10k-labels-idx1-ubyte"), "no labels");
        var result = CliProcess.Run(folder.Path, [("XDG_CACHE_HOME", folder.Path), ("SCRATCHNET_DATA", "")], "data", "--data",
            folder.Path, "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.JsonLines();
        Assert.Equal(["digits", "mnist", "fashion-mnist"], lines.Select(line => line.GetProperty("dataset").GetString()));
        Assert.True(lines[0].GetProperty("whole").GetBoolean());
        Assert.False(lines[1].GetProperty("whole").GetBoolean());
        Assert.Equal(folder.Path, lines[1].GetProperty("folder").GetString());
        Assert.Equal(["missing", "missing", "missing", "mismatch"],
            lines[1].GetProperty("files").EnumerateArray().Select(file => file.GetProperty("state").GetString()));
    }

    [Fact]
    public void DevicesAreListedWithWhatTheyCanOrWhyTheyCannot()
    {
        using var folder = new TemporaryFolder();
        var result = CliProcess.Run(folder.Path, "devices", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.JsonLines();
        Assert.Equal("cpu", lines[0].GetProperty("device").GetString());
        Assert.Contains(lines, line => line.GetProperty("device").GetString() == "simulator");
        Assert.All(lines, line =>
            Assert.Equal(line.GetProperty("usable").GetBoolean(), line.GetProperty("why_unusable").GetString() is null));
    }

    [Fact]
    public void OwnIdxFilesAreTrainedOnAndEvaluated()
    {
        using var folder = new TemporaryFolder();
        var own = Directory.CreateDirectory(folder.File("own [1]")).FullName;
        var digits = BundledDigits.Load().Test.Slice(0, 700);
        IdxDataset.Write(digits, Path.Combine(own, "pictures-images.idx.gz"), Path.Combine(own, "pictures-labels.idx"));
        var trained = CliProcess.Run(folder.Path, "train", "--data", own, "--hidden", "none", "--epochs", "1", "--output",
            "m.safetensors");
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.StartsWith("own [1]: 540 pictures of 28x28 to train on, 60 to validate, 100 held out to test", trained.Error,
            StringComparison.Ordinal);

        var evaluated = CliProcess.Run(folder.Path, "evaluate", "m.safetensors", "--data", own, "--json");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        var lost = CliProcess.Run(folder.Path, "evaluate", "m.safetensors");
        Assert.Equal(2, lost.ExitCode);
        Assert.Contains("'own [1]'", lost.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedDataSetIsOneLineThatNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        IdxDataset.Write(BundledDigits.Load().Test, folder.File("a-images"), folder.File("a-labels"));
        using (var images = new FileStream(folder.File("a-images"), FileMode.Open))
        {
            images.SetLength(5000);
        }

        InProcess.Refuses(1, $"train --quiet --data {folder.Path}", "a-images", "truncated");
    }
}
