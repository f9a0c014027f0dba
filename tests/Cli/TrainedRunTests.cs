using System.Text.Json;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class TrainedRunTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private static string[] Keys(JsonElement json) => [.. json.EnumerateObject().Select(property => property.Name)];

    [Fact]
    public void JsonIsTwoEpochsAndTheEnd()
    {
        string[] epoch = ["event", "epoch", "train_loss", "train_accuracy", "validation_accuracy", "seconds",
            "images_per_second"];
        string[] done = ["event", "test_accuracy", "test_loss", "seconds", "device", "threads", "parameters", "seed", "model"];
        Assert.Equal([epoch, epoch, done], run.Lines.Select(Keys));
        Assert.Equal(["epoch", "epoch", "done"], run.Lines.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal([1, 2], run.Lines[..2].Select(line => line.GetProperty("epoch").GetInt32()));
        Assert.Equal((784 * 16) + 16 + (16 * 10) + 10, run.Lines[2].GetProperty("parameters").GetInt32());
        Assert.Equal(Path.Combine("run[1]", "model.safetensors"), run.Lines[2].GetProperty("model").GetString());
        Assert.True(run.Lines[2].GetProperty("test_accuracy").GetDouble() > 0.5);
    }

    [Fact]
    public void RedirectedProgressIsPlainLines()
    {
        Assert.DoesNotContain('\u001B', run.Error);
        Assert.DoesNotContain('\r', run.Error);
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("3,600 pictures of 28x28 to train on, 400 to validate, 1,000 held out to test", lines[0],
            StringComparison.Ordinal);
        Assert.StartsWith("784-16-10: 12,730 parameters", lines[1], StringComparison.Ordinal);
        Assert.Equal(["epoch 1/2", "epoch 2/2"], lines[^2..].Select(line => line[..9]));
        Assert.All(lines[^2..], line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void EvaluateAgreesWithTheEndOfTraining()
    {
        var result = run.Run("evaluate", run.Model, "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var json = Assert.Single(result.JsonLines());
        string[] keys = ["event", "model", "dataset", "images", "loss", "accuracy", "accuracy_interval", "classes", "confusion"];
        Assert.Equal(keys, Keys(json));
        var accuracy = json.GetProperty("accuracy").GetDouble();
        Assert.Equal(run.Lines[2].GetProperty("test_accuracy").GetDouble(), accuracy);
        Assert.Equal(run.Lines[2].GetProperty("test_loss").GetDouble(), json.GetProperty("loss").GetDouble(), 1e-6);
        Assert.InRange(accuracy, json.GetProperty("accuracy_interval")[0].GetDouble(),
            json.GetProperty("accuracy_interval")[1].GetDouble());
        Assert.Equal(Enumerable.Repeat(100, 10),
            json.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Sum(n => n.GetInt32())));
    }

    [Fact]
    public void EvaluateOfAFolderPrintsTablesOf80Columns()
    {
        var result = run.Run("evaluate", Path.GetDirectoryName(run.Model)!, "digits");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("test accuracy ", result.Out, StringComparison.Ordinal);
        Assert.Contains("95% interval", result.Out, StringComparison.Ordinal);
        Assert.Contains("precision", result.Out, StringComparison.Ordinal);
        Assert.Contains("confusion matrix", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001B', result.Out);
        Assert.All(result.Out.Split('\n').Skip(1), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void PredictGoesOnAfterABadPicture()
    {
        var result = run.Run("predict", run.Model, run.File("missing.png"), run.Picture, "--json", "--top", "2", "--threads",
            "1");
        Assert.Equal(1, result.ExitCode);
        InProcess.AssertOneErrorLine(result.Error);
        Assert.Contains("missing.png", result.Error, StringComparison.Ordinal);
        var lines = result.JsonLines();
        Assert.Equal(["error", "prediction"], lines.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal(["event", "image", "digit", "class", "probability", "probabilities", "top"], Keys(lines[1]));
        Assert.Equal((run.Picture, 1), (lines[1].GetProperty("image").GetString(), lines[1].GetProperty("digit").GetInt32()));
        Assert.Equal(1, lines[1].GetProperty("probabilities").EnumerateArray().Sum(p => p.GetDouble()), 1e-5);
        Assert.Equal(2, lines[1].GetProperty("top").GetArrayLength());
    }

    [Fact]
    public void PredictShowsWhatTheNetworkSaw()
    {
        var result = run.Run("predict", run.Model, run.Picture, "--show", "--top", "1");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Out.Split('\n');
        Assert.Matches(@"digit\[x\]\.bmp: 1 \d+\.\d\d%$", lines[0]);
        Assert.Equal(28, lines.Length - 2);
        Assert.Contains(lines[1..], line => line.Contains('@', StringComparison.Ordinal));
    }

    [Fact]
    public void ADamagedModelIsOneLineThatNamesIt()
    {
        var damaged = run.File("damaged.safetensors");
        var bytes = File.ReadAllBytes(run.Model);
        File.WriteAllBytes(damaged, bytes[..^100]);
        var result = run.Run("evaluate", damaged);
        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        InProcess.AssertOneErrorLine(result.Error);
        Assert.Contains(damaged, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hidden", "8", "--hidden is 8", "has 16")]
    [InlineData("--seed", "7", "--seed is 7", "has 1")]
    [InlineData("--epochs", "1", "--epochs is 1", "2")]
    [InlineData("--learning-rate", "0.5", "--learning-rate is 0.5", "has 0.001")]
    public void ResumingRefusesWhatContradictsTheRun(string option, string value, params string[] parts) =>
        InProcess.Refuses(2, $"train --quiet --resume {Path.GetDirectoryName(run.Model)} {option} {value}", parts);

    [Fact]
    public void ResumingRefusesAModelWithoutTheRestOfARun() =>
        InProcess.Refuses(1, $"train --quiet --resume {run.Model}", run.Model, "checkpoint");

    [Fact]
    public void WhereNothingCanBeWrittenNothingIsTrained()
    {
        var result = run.Run("train", "--json", "--output", Path.Combine(run.Picture, "model.safetensors"));
        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        InProcess.AssertOneErrorLine(result.Error);
    }

    [Fact]
    public void ALossThatIsNotFiniteStopsTheRunAndNamesTheStep()
    {
        var result = run.Run("train", "--json", "--quiet", "--run", "broken",
            "--optimizer", "sgd", "--learning-rate", "999", "--hidden", "32,32,32", "--batch-size", "32", "--no-augment");
        Assert.Equal(1, result.ExitCode);
        InProcess.AssertOneErrorLine(result.Error);
        Assert.Matches(@"step \d+", result.Error);
        Assert.False(File.Exists(run.File("broken/model.safetensors")));

        // What was written of the run says why it ended, and what the layers were like.
        var end = JsonDocument.Parse(File.ReadAllBytes(run.File("broken/result.json"))).RootElement;
        Assert.Equal("failed", end.GetProperty("status").GetString());
        Assert.Contains(end.GetProperty("message").GetString()!, result.Error, StringComparison.Ordinal);
    }
}
