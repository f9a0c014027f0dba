using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScratchNet.Training.Images;
using ScratchNet.Training.TensorBoard;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>The files of a run's folder, and the page made of them.</summary>
public class RunFolderTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private string Folder => Path.GetDirectoryName(run.Model)!;

    private static string[] Cells(string line) => line.Split(',');

    [Fact]
    public void MetricsAreALineAnEpochWithTheFiguresOfTheRun()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "metrics.csv"));
        var header = Cells(lines[0]);
        Assert.Equal(3, lines.Length);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            var row = header.Zip(Cells(lines[epoch])).ToDictionary(pair => pair.First,
                pair => double.Parse(pair.Second, CultureInfo.InvariantCulture));
            var json = run.Lines[epoch - 1];
            foreach (var name in new[] { "epoch", "train_loss", "train_accuracy", "validation_accuracy", "seconds" })
            {
                Assert.Equal(json.GetProperty(name).GetDouble(), row[name]);
            }

            Assert.Equal(113 * epoch, row["step"]);
            Assert.Equal(row["seconds"],
                row["data_seconds"] + row["forward_seconds"] + row["backward_seconds"] + row["update_seconds"], 1e-9);
        }
    }

    [Fact]
    public void LayersAreMeasuredBeforeTheFirstStepAndAfterEpochs()
    {
        var rows = File.ReadAllLines(Path.Combine(Folder, "layers.csv")).Skip(1).Select(Cells).ToArray();
        Assert.Equal(["0 0", "0 1", "1 0", "1 1", "2 0", "2 1"], rows.Select(row => $"{row[0]} {row[1]}"));
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
    }

    [Fact]
    public void TheConfigurationSaysHowToMakeTheRunAgain()
    {
        var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "config.json"))).RootElement;
        Assert.Equal("784-16-10", config.GetProperty("network").GetProperty("shape").GetString());
        Assert.Equal("0.001", config.GetProperty("options").GetProperty("--learning-rate").GetString());
        Assert.Equal(1, config.GetProperty("seed").GetInt32());
        var session = Assert.Single(config.GetProperty("sessions").EnumerateArray());
        Assert.Equal("scratchnet train --epochs 2 --hidden 16 --batch-size 32 --learning-rate 0.001 --no-augment "
            + "--validation 0.1 --seed 1 --json --run 'run[1]'", session.GetProperty("command").GetString());
    }

    [Fact]
    public void EventFilesHoldCurvesHistogramsAndMistakes()
    {
        var file = Assert.Single(Directory.GetFiles(Folder, "events.out.tfevents.*"));
        var (version, firstStep, values) = EventFileReader.Read(File.ReadAllBytes(file));
        Assert.Equal(("brain.Event:2", 0), (version, firstStep));
        var loss = values.Where(value => value.Tag == "loss/train").ToArray();
        Assert.Equal([1L, 2L], loss.Select(value => value.Step));
        Assert.Equal(run.Lines[1].GetProperty("train_loss").GetSingle(), loss[1].Scalar);
        Assert.Equal(784 * 16, values.Single(value => value is { Tag: "weights/layer 0", Step: 2 }).Counts!.Sum());
        Assert.Contains(values, value => value is { Tag: "gradients/layer 1", Step: 0 });
        var mistakes = values.Where(value => value.Tag.StartsWith("mistakes/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(16, mistakes.Length);
        File.WriteAllBytes(run.File("mistake.png"), mistakes[0].Picture!);
        Assert.Equal(
            (28, 28), (PictureFile.Read(run.File("mistake.png")).Width, PictureFile.Read(run.File("mistake.png")).Height));
    }

    [Fact]
    public void AnEventFileWithADamagedByteIsFound()
    {
        using var stream = new MemoryStream();
        using (var events = new EventFile(stream))
        {
            events.Write(3, summary => summary.Scalar("a", 1.5));
        }

        var bytes = stream.ToArray();
        Assert.Equal(new EventValue(3, "a", 1.5f, null, null), Assert.Single(EventFileReader.Read(bytes).Values));
        bytes[^6] ^= 1;
        Assert.Throws<InvalidDataException>(() => EventFileReader.Read(bytes));
    }

    [Fact]
    public void ThePageIsCompleteAndHoldsTheFiguresOfTheRun()
    {
        var result = run.Run("report", "run[1]");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(Path.Combine("run[1]", "report.html"), result.Out.Trim());
        var page = File.ReadAllText(Path.Combine(Folder, "report.html"));
        AssertLoadsNothing(page);
        var data = Data(page);
        var only = Assert.Single(data.GetProperty("runs").EnumerateArray());
        Assert.Equal(run.Lines[2].GetProperty("test_accuracy").GetDouble(),
            only.GetProperty("result").GetProperty("test").GetProperty("accuracy").GetDouble());
        Assert.Equal(run.Lines[1].GetProperty("train_loss").GetDouble(),
            only.GetProperty("metrics").GetProperty("train_loss")[1].GetDouble(), 1e-4);
        Assert.Equal(16, only.GetProperty("first_layer").GetProperty("pictures").GetArrayLength());
        Assert.Equal(2, only.GetProperty("layers").GetArrayLength());
        Assert.Equal(60, only.GetProperty("result").GetProperty("mistakes").GetArrayLength());
    }

    [Fact]
    public void SeveralRunsAreComparedInOnePage()
    {
        var result = run.Run("report", "run[1]", "run[1]", "--output", "both <b>.html", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(2, Assert.Single(result.JsonLines()).GetProperty("runs").GetInt32());
        var page = File.ReadAllText(run.File("both <b>.html"));
        AssertLoadsNothing(page);
        Assert.Equal(["run[1]", "run[1]"], Data(page).GetProperty("runs").EnumerateArray()
            .Select(r => r.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("metrics.csv", "1,2,3\n", "metrics.csv, line 1", "columns")]
    [InlineData("metrics.csv", null, "metrics.csv", "missing")]
    [InlineData("config.json", "{\n \"a\": ", "config.json, line 2", "no JSON")]
    [InlineData("config.json", "{}", "config.json", "'network'")]
    [InlineData("config.json", null, "config.json", "missing")]
    [InlineData("result.json", "nonsense", "result.json, line 1", "no JSON")]
    [InlineData("model.safetensors", "nonsense", "model.safetensors")]
    public void ADamagedFileIsNamed(string name, string? content, params string[] parts)
    {
        using var folder = Copy();
        if (content is null)
        {
            File.Delete(folder[name]);
        }
        else
        {
            File.WriteAllText(folder[name], content);
        }

        InProcess.Refuses(1, $"report {folder.Path}", parts);
    }

    [Fact]
    public void AFieldThatIsNoNumberIsNamedWithLineAndColumn()
    {
        using var folder = Copy();
        var lines = File.ReadAllLines(folder["metrics.csv"]);
        lines[2] = Regex.Replace(lines[2], "^2,226,[^,]*", "2,226,fast");
        File.WriteAllText(folder["metrics.csv"], string.Join('\n', lines) + "\n");
        InProcess.Refuses(1, $"report {folder.Path}", "metrics.csv, line 3, column 3 (learning_rate)", "'fast'");
    }

    [Fact]
    public void ARunThatWasKilledHasAPageToo()
    {
        using var folder = Copy();
        File.Delete(folder["result.json"]);
        File.Delete(folder["model.safetensors"]);
        File.AppendAllText(folder["metrics.csv"], "3,339,0.0");
        var result = InProcess.Run("report", folder.Path);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var only = Assert.Single(Data(File.ReadAllText(folder["report.html"])).GetProperty("runs").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, only.GetProperty("result").ValueKind);
        Assert.Equal(2, only.GetProperty("metrics").GetProperty("epoch").GetArrayLength());
    }

    [Theory]
    [InlineData("report /no/such/run", 1, "/no/such/run", "no such folder")]
    [InlineData("report", 2, "RUN")]
    [InlineData("train --run a --output b.safetensors", 2, "--run", "--output")]
    [InlineData("train --output m.txt", 2, "--output is 'm.txt'", ".safetensors", "--run")]
    public void WhatIsNoRunIsRefused(string args, int exitCode, params string[] parts) =>
        InProcess.Refuses(exitCode, args, parts);

    private static void AssertLoadsNothing(string page)
    {
        Assert.DoesNotMatch("(?i)<(link|iframe|object|embed|base)\\b", page);
        Assert.DoesNotMatch("(?i)<(script|img)[^>]*\\ssrc\\s*=", page);
        Assert.DoesNotMatch("(?i)@import|url\\s*\\(|fetch\\s*\\(|XMLHttpRequest|WebSocket|EventSource", page);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);

        // The only address is the name of the language that the charts are drawn in.
        Assert.All(Regex.Matches(page, "https?://[^'\"\\s<]*").Select(match => match.Value),
            address => Assert.Equal("http://www.w3.org/2000/svg", address));
    }

    private static JsonElement Data(string page) => JsonDocument.Parse(
        Regex.Match(page, "<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline)
            .Groups[1].Value).RootElement;

    private TemporaryFolder Copy()
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Folder))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        return folder;
    }
}
