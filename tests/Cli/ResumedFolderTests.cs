using System.Text.Json;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>A run's folder when the run goes on, and the page in a real browser.</summary>
public class ResumedFolderTests
{
    private static readonly string[] Options =
        ["--hidden", "8", "--batch-size", "200", "--schedule", "constant", "--threads", "1", "--no-augment", "--quiet"];

    [Fact]
    public void ARunThatGoesOnGoesOnInItsFiles()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "--run", "whole", "--epochs", "3");
        Train(folder, "--run", "cut", "--epochs", "2");

        // Killed in its third epoch, a run leaves lines that its checkpoint does not know; they are made again.
        File.AppendAllText(folder["cut/metrics.csv"], "3,54,9,9,9,9,9,9,9,9,9,9,9\n4,5");
        var resumed = CliProcess.Run(folder.Path, "train", "--resume", "cut", "--epochs", "3", "--quiet");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(WithoutTimes(folder["whole/metrics.csv"]), WithoutTimes(folder["cut/metrics.csv"]));
        Assert.Equal(File.ReadAllText(folder["whole/layers.csv"]), File.ReadAllText(folder["cut/layers.csv"]));

        var config = Json(folder["cut/config.json"]);
        Assert.Equal("3", config.GetProperty("options").GetProperty("--epochs").GetString());
        Assert.Equal([1, 3], config.GetProperty("sessions").EnumerateArray()
            .Select(session => session.GetProperty("epoch").GetInt32()));
        Assert.Equal("finished", Json(folder["cut/result.json"]).GetProperty("status").GetString());
        var events = Directory.GetFiles(folder["cut"], "events.out.tfevents.*").Order()
            .Select(file => EventFileReader.Read(File.ReadAllBytes(file))).ToArray();
        Assert.Equal([0, 3], events.Select(file => file.FirstStep));
        Assert.Equal([3], events[1].Values.Where(value => value.Tag == "loss/train").Select(value => value.Step));
    }

    [Fact]
    public void ARunFromBeforeThereWereSuchFilesGoesOnToo()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "--run", "old", "--epochs", "1");
        foreach (var file in Directory.GetFiles(folder["old"])
            .Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        var resumed = CliProcess.Run(folder.Path, "train", "--resume", "old", "--epochs", "2", "--quiet");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        var rows = File.ReadAllLines(folder["old/metrics.csv"]).Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(["1", "2"], rows.Select(row => row[0]));
        Assert.Equal(("", ""), (rows[0][1], rows[0][^1]));
        Assert.NotEqual("", rows[0][3]);
        Assert.True(File.Exists(folder["old/report.html"]));
    }

    [Fact]
    public void ARunWhoseDataAreOthersByNowSaysThatTheyDiffer()
    {
        using var folder = new TemporaryFolder();
        WriteCsv(folder["own.csv"], shift: 0);
        Train(folder, "--data", "own.csv", "--run", "own", "--epochs", "1");
        WriteCsv(folder["own.csv"], shift: 1);
        var resumed = CliProcess.Run(folder.Path, "train", "--resume", "own", "--epochs", "2", "--quiet");
        Assert.Equal((1, ""), (resumed.ExitCode, resumed.Out));
        InProcess.AssertOneErrorLine(resumed.Error);
        Assert.Contains("cannot be resumed: the training data differ", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("pictures with XXH128", resumed.Error, StringComparison.Ordinal);

        static void WriteCsv(string path, int shift) => File.WriteAllLines(path, Enumerable.Range(0, 60).Select(row =>
            $"{row % 2},{string.Join(',', Enumerable.Range(0, 16).Select(pixel => (row * 3 + pixel * 7 + shift) % 256))}"));
    }

    [Fact]
    public void ARunThatIsDoneSaysSoInsteadOfAnEpochThatItDoesNotHave()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "--run", "done", "--epochs", "1");
        var again = CliProcess.Run(folder.Path, "train", "--resume", "done");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("the run was done after epoch 1, and is only measured again", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatEarlyStoppingEndedSaysSoAndIsNotAdvisedToHaveMoreEpochs()
    {
        using var folder = new TemporaryFolder();

        // A rate of nearly nothing: no epoch is better than the first by what float32 can tell of an accuracy.
        Train(folder, "--run", "stopped", "--epochs", "9", "--early-stopping", "1,on=accuracy", "--learning-rate", "1e-30");
        var again = CliProcess.Run(folder.Path, "train", "--resume", "stopped", "--epochs", "20");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("early stopping ended the run after epoch 2, and it is only measured again", again.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("--epochs", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeWrittenAboutARunDoesNotStopIt()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "metrics.csv", "layers.csv", "config.json", "report.html" })
        {
            Directory.CreateDirectory(folder[$"run/{name}"]);
        }

        var result = CliProcess.Run(folder.Path, ["train", .. Options, "--run", "run", "--epochs", "2", "--json"]);
        Assert.Equal(0, result.ExitCode);
        var warnings = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["run/config.json", "run/metrics.csv", "run/layers.csv", "run"],
            warnings.Select(warning => warning.Split(':')[1].Trim().Replace('\\', '/')));
        Assert.Equal("done", result.JsonLines()[^1].GetProperty("event").GetString());
        Assert.True(File.Exists(folder["run/model.safetensors"]));
    }

    [Fact]
    public void AModelFileAloneHasNoFolder()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "--output", "m.safetensors", "--epochs", "1");
        Assert.Equal(["m.checkpoint.safetensors", "m.safetensors"], folder.Names());
    }

    [SkippableFact]
    public async Task ABrowserDrawsThePageWithoutAnError()
    {
        await using var browser = await ChromiumBrowser.Launch();
        using var folder = new TemporaryFolder();
        Train(folder, "--run", "<b>a & b", "--epochs", "2");
        var one = await Draw(browser, folder["<b>a & b/report.html"]);
        Assert.Contains("<h1>784-8-10</h1>", one, StringComparison.Ordinal);
        Assert.Contains("run &lt;b&gt;a &amp; b", one, StringComparison.Ordinal);
        Assert.Contains("What the first layer looks for", one, StringComparison.Ordinal);

        Assert.Equal(0, CliProcess.Run(folder.Path, "report", "<b>a & b", "<b>a & b", "--output", "c.html").ExitCode);
        var two = await Draw(browser, folder["c.html"]);
        Assert.Contains("<h1>2 runs</h1>", two, StringComparison.Ordinal);
        Assert.Contains("Nothing: the runs were asked for alike.", two, StringComparison.Ordinal);
    }

    /// <summary>The page once its curves are drawn, which its scripts do as soon as it has a width.</summary>
    private static async Task<string> Draw(ChromiumBrowser browser, string file)
    {
        await using var page = await browser.Open(new Uri(file).AbsoluteUri);
        await page.UntilTrue("document.querySelectorAll('polyline').length > 7");
        page.AssertClean();
        var content = await page.Page.ContentAsync();
        Assert.Contains("This file is complete: it loads nothing.</footer>", content, StringComparison.Ordinal);
        return content;
    }

    private static void Train(TemporaryFolder folder, params string[] options)
    {
        var result = CliProcess.Run(folder.Path, ["train", .. Options, .. options]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;

    private static string[] WithoutTimes(string table) =>
        [.. File.ReadAllLines(table).Select(line => string.Join(',', line.Split(',')[..7]))];
}
