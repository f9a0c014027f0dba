using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScratchNet.Engine.Files;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>What a person sees of a run whose loss is not finite, and what is left of it.</summary>
public class NotFiniteTests
{
    // With a rate that no network survives.
    private static readonly string[] Wild =
    [
        "--hidden", "8,8", "--batch-size", "200", "--threads", "1", "--no-augment",
        "--optimizer", "sgd", "--momentum", "0", "--schedule", "constant", "--validation", "0", "--json", "--quiet",
    ];

    [Fact]
    public void StepLayerAndTensorAreNamed()
    {
        using var folder = new TemporaryFolder();
        var run = CliProcess.Run(
            folder.Path, ["train", .. Wild, "--epochs", "3", "--learning-rate", "900", "--weight-decay", "900", "--run", "a"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^error: the loss at step \d+ is not a finite number; the first was in step \d+: [^;]+, layer \d "
            + @"\(dense [^;]+\); try a lower --learning-rate, or --on-nan rollback; no epoch had ended well, so there is no "
            + @"model to save\n$", run.Error);
        Assert.Equal("failed", Json(folder["a/result.json"]).GetProperty("status").GetString());
        Assert.Equal("failed", run.JsonLines()[^1].GetProperty("event").GetString());
        var evidence = InProcess.Run("doctor", folder["a"], "--json").JsonLines()[0].GetProperty("evidence").GetString();
        Assert.Matches(@"^the loss at step \d+ is not a finite number; the first was in step \d+: [^;]+$", evidence);
    }

    // Weights that shrink in the first epoch grow without end as the rate rises.
    [Theory]
    [InlineData(new string[0], @"the model after epoch (\d+) is saved as a.model\.safetensors\n$")]
    [InlineData(new[] { "--checkpoint-every", "7" }, @"the model after step (\d+) is saved as a.model\.safetensors\n$")]
    public void TheLastGoodStateIsKept(string[] checkpoints, string message)
    {
        using var folder = new TemporaryFolder();
        var run = CliProcess.Run(folder.Path,
        [
            "train", .. Wild, "--learning-rate", "1", "--weight-decay", "20", "--epochs", "13", "--warm-up", "12", "--run", "a",
            .. checkpoints,
        ]);
        Assert.Equal(1, run.ExitCode);
        var moment = int.Parse(Regex.Match(run.Error, message).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(moment > 0);
        var model = SafetensorsFile.Read(folder["a/model.safetensors"]);
        if (checkpoints.Length > 0)
        {
            var checkpoint = SafetensorsFile.Read(folder["a/checkpoint.safetensors"]);
            Assert.Equal(0, moment % 7);
            Assert.All(model.Tensors.Values, tensor => Assert.Equal(tensor.Values, checkpoint.Tensors[tensor.Name].Values));
        }
    }

    [Fact]
    public void ARunGoesBackWithHalfTheRateAndGoesOnFromAnyCheckpointToTheSameBits()
    {
        using var folder = new TemporaryFolder();
        string[] back =
        [
            .. Wild, "--epochs", "3", "--learning-rate", "900", "--weight-decay", "0.05", "--on-nan", "rollback",
            "--checkpoint-every", "1",
        ];
        var whole = CliProcess.Run(folder.Path, ["train", .. back, "--run", "a", "--keep", "1000"]);
        Assert.True(whole.ExitCode == 0, whole.Error);
        var rollbacks = whole.JsonLines().Where(line => line.GetProperty("event").GetString() == "rollback").ToArray();
        Assert.NotEmpty(rollbacks);
        Assert.Contains("with half the learning rate (1 of at most 10 times)", whole.Error, StringComparison.Ordinal);
        Assert.Equal(rollbacks.Length, Json(folder["a/result.json"]).GetProperty("rollbacks").GetArrayLength());
        Assert.False(File.Exists(folder["a/checkpoint.good.safetensors"]));

        // Checkpoints know how often the rate was halved: going on from any of them gives the same bits.
        var model = File.ReadAllBytes(folder["a/model.safetensors"]);
        foreach (var step in new[] { 1, 20 })
        {
            var resumed = CliProcess.Run(folder.Path,
                "train", "--resume", Path.Combine("a", $"checkpoint.step-{step}.safetensors"), "--keep", "1000", "--quiet");
            Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
            Assert.Equal(model, File.ReadAllBytes(folder["a/model.safetensors"]));
        }
    }

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
}
