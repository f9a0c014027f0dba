using ScratchNet.Cli;
using ScratchNet.Cli.Output;
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
    public void AFolderThatDoesNotHoldTheSetIsNotPassedOver()
    {
        using var folder = new TemporaryFolder();
        var result = CliProcess.Run(folder.Path, "train", "mnist", "--data", folder.Path);
        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.Contains($"{folder.Path}: does not hold mnist", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void APathThatIsNotThereIsNamed() =>
        InProcess.Refuses(1, "data --data nowhere", "nowhere: no such file or folder");

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
        var explained = CliProcess.Run(folder.Path, "explain", "m.safetensors", "--sample", "99", "--text");
        Assert.True(explained.ExitCode == 0, explained.Error);
        Assert.Contains("Test picture 99 of own [1]", explained.Out, StringComparison.Ordinal);

        var evaluated = CliProcess.Run(folder.Path, "evaluate", "m.safetensors", "--data", own, "--json");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        var found = CliProcess.Run(folder.Path, "evaluate", "m.safetensors", "--json");
        Assert.Equal((0, "", evaluated.Out), (found.ExitCode, found.Error, found.Out));
        Directory.Move(own, folder.File("moved"));
        var lost = CliProcess.Run(folder.Path, "evaluate", "m.safetensors");
        Assert.Equal(2, lost.ExitCode);
        Assert.Contains($"'own [1]', which is not one of the known data sets, and is no longer at {own}", lost.Error,
            StringComparison.Ordinal);
        File.Delete(folder.File("m.checkpoint.safetensors"));
        Assert.Contains("give its folder", CliProcess.Run(folder.Path, "evaluate", "m.safetensors").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OwnPicturesAreTrainedOnStreamedOrNotAndEvaluatedAndPredicted()
    {
        using var folder = new TemporaryFolder();
        var digits = BundledDigits.Load().Test;
        for (var i = 0; i < 60; i++)
        {
            var of = Directory.CreateDirectory(folder.File($"pictures/{"no yes".Split(' ')[digits.Labels.Span[i] % 2]}"));
            Bitmap.Write(Path.Combine(of.FullName, $"{i}.bmp"), digits.Image(i), 28, 28);
        }

        (string, string)[] cache = [("XDG_CACHE_HOME", folder.File("cache"))];
        string[] train = ["train", "--data", "pictures", "--hidden", "8", "--epochs", "2", "--denoise", "--quiet", "--output"];
        var whole = CliProcess.Run(folder.Path, cache, [.. train, "a.safetensors"]);
        var streamed = CliProcess.Run(folder.Path, cache, [.. train, "b.safetensors", "--stream"]);
        Assert.Equal((0, "", 0, ""), (whole.ExitCode, whole.Error, streamed.ExitCode, streamed.Error));
        Assert.Equal(File.ReadAllBytes(folder.File("a.safetensors")), File.ReadAllBytes(folder.File("b.safetensors")));
        Assert.True(Directory.Exists(folder.File("cache/scratchnet/sets")));

        var evaluated = CliProcess.Run(folder.Path, "evaluate", "a.safetensors", "--data", "pictures", "--json");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        var predicted = CliProcess.Run(folder.Path, "predict", "a.safetensors", "pictures/yes/1.bmp", "--json");
        Assert.Contains(predicted.JsonLines()[0].GetProperty("class").GetString(), new[] { "no", "yes" });
        var counted = CliProcess.Run(folder.Path, "data", "--data", "pictures", "--json").JsonLines()[^1];
        Assert.Equal((51, 9), (counted.GetProperty("images").GetInt32(), counted.GetProperty("test_images").GetInt32()));
    }

    [Fact]
    public void DecodedSetsAreToldOfAndRemoved()
    {
        using var folder = new TemporaryFolder();
        (string, string)[] cache = [("XDG_CACHE_HOME", folder.File("cache")), ("SCRATCHNET_DATA", "")];
        File.WriteAllText(folder.File("x.csv"), string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 2},{i},9,8,7\n")));
        var run = CliProcess.Run(folder.Path, cache, "train", "--data", "x.csv", "--stream", "--hidden", "none", "--epochs", "1",
            "--quiet", "--output", "m.safetensors");
        Assert.True(run.ExitCode == 0, run.Error);

        var sets = folder.File("cache/scratchnet/sets");
        var bytes = Directory.GetFiles(sets, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        var told = CliProcess.Run(folder.Path, cache, "data", "--json").JsonLines()[^1];
        Assert.Equal(("decoded", sets, 1, bytes), (told.GetProperty("event").GetString(), told.GetProperty("folder").GetString(),
            told.GetProperty("sets").GetInt32(), told.GetProperty("bytes").GetInt64()));
        var shown = CliProcess.Run(folder.Path, cache, "data").Out;
        Assert.Contains("decoded: 1 set, 0.0 MB, in ", shown, StringComparison.Ordinal);
        Assert.Contains("'scratchnet data clean' removes them", shown, StringComparison.Ordinal);

        var removed = CliProcess.Run(folder.Path, cache, "data", "clean", "--json").JsonLines()[^1];
        Assert.Equal(("removed", 1, bytes), (removed.GetProperty("event").GetString(), removed.GetProperty("sets").GetInt32(),
            removed.GetProperty("bytes").GetInt64()));
        Assert.False(Directory.Exists(sets));
        Assert.Contains("removed: 0 sets", CliProcess.Run(folder.Path, cache, "data", "clean").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void ACsvFileWithAWrongFieldIsOneLineThatNamesLineAndColumn()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("x.csv"), "1,0,0,0,9\n2,1,oops,1,9\n");
        InProcess.Refuses(1, $"train --quiet --data {folder.File("x.csv")}", "x.csv: line 2, column 3", "'oops'");
    }

    [Fact]
    public void FetchingAnewLeavesOneCopyOfEachFile()
    {
        using var folder = new TemporaryFolder();
        var (fresh, old) = (folder.File("small.new"), folder.File("small"));
        Training.Data.SmallSet.WriteTo(old);
        Directory.CreateDirectory(fresh);
        foreach (var (name, bytes) in Training.Data.SmallSet.Contents)
        {
            File.WriteAllBytes(Path.Combine(fresh, name + ".gz"), Training.Data.SmallSet.Gzip(bytes));
        }

        DatasetDownload.Renew(Training.Data.SmallSet.Entry, old, Terminal.Redirected(TextWriter.Null, TextWriter.Null), default);
        Assert.Equal(Training.Data.SmallSet.Contents.Keys.Select(name => name + ".gz").Order(),
            Directory.GetFiles(old).Select(path => Path.GetFileName(path)).Order());
        Assert.False(Directory.Exists(fresh));
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
