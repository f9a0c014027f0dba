using System.Text.Json;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>Two small runs with everything that makes the model's weights others than the trained ones.</summary>
public sealed class RepeatedRuns : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CliResult _result;

    public RepeatedRuns()
    {
        _result = Run("train", "--repeat", "2", "--seed", "5", "--hidden", "12", "--epochs", "3", "--learning-rate", "0.01",
            "--no-augment", "--ema", "0.9", "--early-stopping", "1", "--clip-norm", "1", "--class-weights", "balanced",
            "--warm-up", "0.5", "--schedule", "plateau,patience=0", "--input-dropout", "0.1", "--dropout", "0.1",
            "--candidates", "2", "--run", "many", "--json");
        Assert.True(_result.ExitCode == 0, _result.Error);
    }

    internal JsonElement[] Lines => _result.JsonLines();

    internal string Error => _result.Error;

    internal CliResult Run(params string[] args) => CliProcess.Run(_folder.Path, args);

    public void Dispose() => _folder.Dispose();
}

public class RepeatedRunTests(RepeatedRuns runs) : IClassFixture<RepeatedRuns>
{
    private JsonElement[] Done => [.. runs.Lines.Where(line => line.GetProperty("event").GetString() == "done")];

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    [Fact]
    public void TheyEndWithMeanAndInterval()
    {
        var last = runs.Lines[^1];
        Assert.Equal("repeat", last.GetProperty("event").GetString());
        Assert.Equal([5, 6], Numbers(last.GetProperty("seeds")));
        Assert.Equal([5, 6], Done.Select(line => line.GetProperty("seed").GetInt32()));
        var accuracies = Numbers(last.GetProperty("test_accuracies"));
        Assert.Equal(Done.Select(line => line.GetProperty("test_accuracy").GetDouble()), accuracies);
        Assert.Equal(accuracies.Average(), last.GetProperty("mean_test_accuracy").GetDouble(), 1e-12);

        // t for one degree of freedom is tan(0.95·90°); of two values, the deviation over the root of 2 is half their distance.
        var half = Math.Tan(0.95 * Math.PI / 2) * Math.Abs(accuracies[0] - accuracies[1]) / 2;
        Assert.Equal([accuracies.Average() - half, accuracies.Average() + half], Numbers(last.GetProperty("mean_interval")),
            (expected, actual) => Math.Abs(expected - actual) < 1e-9);
    }

    [Fact]
    public void EachHasAFolderOfItsOwnAndSaysWhichOfThemItIs()
    {
        Assert.Equal([Path.Combine("many", "seed-5", "model.safetensors"), Path.Combine("many", "seed-6", "model.safetensors")],
            Done.Select(line => line.GetProperty("model").GetString()));
        Assert.Contains("run 1 of 2, seed 5", runs.Error, StringComparison.Ordinal);
        Assert.Contains("run 2 of 2, seed 6", runs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSavedModelIsTheOneThatWasMeasured()
    {
        var result = runs.Run("evaluate", Path.Combine("many", "seed-5"), "--json");
        var loss = Assert.Single(result.JsonLines()).GetProperty("loss").GetDouble();
        Assert.Equal(Done[0].GetProperty("test_loss").GetDouble(), loss);
    }

    [Fact]
    public void TheCheckpointAnswersLikeTheModel()
    {
        var result = runs.Run("evaluate", Path.Combine("many", "seed-6", "checkpoint.safetensors"), "--json");
        var loss = Assert.Single(result.JsonLines()).GetProperty("loss").GetDouble();
        Assert.Equal(Done[1].GetProperty("test_loss").GetDouble(), loss);
    }

    [Fact]
    public void EarlyStoppingNamesTheModelsEpoch()
    {
        Assert.All(Done, line => Assert.InRange(
            line.GetProperty("model_epoch").GetInt32(), 1, line.GetProperty("epochs").GetInt32()));
        Assert.Contains("validation loss was best after epoch", runs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AResumedRunThatIsOverEndsAsItDid()
    {
        var result = runs.Run("train", "--resume", Path.Combine("many", "seed-6"), "--json", "--quiet");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(Done[1].GetProperty("test_loss").GetDouble(), result.JsonLines()[^1].GetProperty("test_loss").GetDouble());
    }

    [Fact]
    public void TwoModelsAreMeasuredAloneAndTogether()
    {
        var result = runs.Run("evaluate", Path.Combine("many", "seed-5"), Path.Combine("many", "seed-6"), "digits", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.JsonLines();
        Assert.Equal(["evaluation", "evaluation", "ensemble"], lines.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal(Done.Select(line => line.GetProperty("test_accuracy").GetDouble()),
            lines[..2].Select(line => line.GetProperty("accuracy").GetDouble()));
        Assert.Equal(2, lines[2].GetProperty("models").GetArrayLength());
        Assert.InRange(lines[2].GetProperty("accuracy").GetDouble(), 0.5, 1);
    }

    [Fact]
    public void PeopleSeeEachModelAndAllTogether()
    {
        var result = runs.Run("evaluate", Path.Combine("many", "seed-5"), Path.Combine("many", "seed-6"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("the 2 together", result.Out, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("many", "seed-6", "model.safetensors"), result.Out, StringComparison.Ordinal);
        Assert.Contains("confusion matrix", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void NoneBeginsWhileAnotherOfThemWaitsToBeContinued()
    {
        using var folder = new TemporaryFolder();
        string[] options = ["--hidden", "8", "--batch-size", "200", "--threads", "1", "--no-augment", "--quiet"];
        Assert.Equal(0, CliProcess.Run(folder.Path, ["train", .. options, "--epochs", "2", "--run", "many/seed-2",
            "--checkpoint-every", "15", "--keep", "2"]).ExitCode);
        File.Move(folder["many/seed-2/checkpoint.step-30.safetensors"], folder["many/seed-2/checkpoint.safetensors"], overwrite: true);
        var result = CliProcess.Run(folder.Path, ["train", .. options, "--repeat", "2", "--run", "many"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(Path.Combine("many", "seed-2"), result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["many/seed-1"]));
    }
}
