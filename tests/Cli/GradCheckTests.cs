using ScratchNet.Cli.Checks;
using ScratchNet.Cli.Output;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Cli;

public class GradCheckTests
{
    [Fact]
    public void AHealthyNetworkPasses()
    {
        var result = InProcess.Run("gradcheck", "--hidden", "8", "--threads", "1", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.JsonLines();
        Assert.All(lines[..^1], line => Assert.True(line.GetProperty("passes").GetBoolean(), line.GetRawText()));
        var (checks, failed) = (lines[^1].GetProperty("checks").GetInt32(), lines[^1].GetProperty("failed").GetInt32());
        Assert.Equal((lines.Length - 1, 0), (checks, failed));
    }

    [Theory]
    [InlineData("engine/Example/model.safetensors")]
    [InlineData("engine/Example/yes-or-no.safetensors")]
    public void ANetworkTooNarrowToLearnTenSamplesByHeartIsNotAskedTo(string model)
    {
        var result = InProcess.Run("gradcheck", Path.Combine(Repository.Root, model), "--threads", "1");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain("by heart", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void HelpNamesTheDeviceThatItTakes()
    {
        var help = InProcess.Run("gradcheck", "--help").Out;
        Assert.Contains("[default: cpu]", help, StringComparison.Ordinal);
        Assert.DoesNotContain("[default: auto]", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "of 1568 compared")]
    [InlineData(" --all", "      1568 compared")]
    public void OfLargeParametersSomeElementsAreComparedOrAll(string option, string part)
    {
        var result = InProcess.Run($"gradcheck --hidden 2 --activation tanh{option}".Split(' '));
        Assert.Contains(result.Out.Split('\n'), line => line.Contains(part, StringComparison.Ordinal));
        Assert.Contains("pass  whole network: layers.0.weights", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void AFaultIsFoundAndItsCurveDrawn()
    {
        var result = InProcess.Run("gradcheck", "--hidden", "8", "--inject-bug", "bias-not-summed");
        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("784-8-10 on cpu, with the fault bias-not-summed", result.Out, StringComparison.Ordinal);
        Assert.Contains("FAIL  layer 0, dense 11 -> 7, relu: bias", result.Out, StringComparison.Ordinal);
        Assert.Contains("checks fail, of these kinds: layer, network", result.Out, StringComparison.Ordinal);
        Assert.Contains("o healthy   x with the fault", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void AFaultThatTheNetworkCannotHaveIsFoundByNobody()
    {
        var result = InProcess.Run("gradcheck", "--hidden", "none", "--inject-bug", "wrong-activation-mask");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("no check finds the fault: this network has no part", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelIsCheckedAtItsWeightsWhateverItsLoss()
    {
        using var folder = new TemporaryFolder();
        using var backend = new CpuBackend(1);
        using (var network = new Network(backend, 784, [new Dense(8, Activation.Sigmoid), new Dense(10)],
            new SoftmaxCrossEntropy(0.1f, [3, 1, 1, 1, 1, 1, 1, 1, 1, 3])))
        {
            TrainedModel.Of(network, BundledDigits.Load().Train).Save(folder["m.safetensors"]);
        }

        var result = InProcess.Run("gradcheck", folder["m.safetensors"]);
        Assert.True(result.ExitCode == 0, result.Out);
        Assert.Contains("smoothed labels leave", result.Out, StringComparison.Ordinal);
        File.WriteAllBytes(folder["m.safetensors"], new byte[30]);
        InProcess.Refuses(1, $"gradcheck {folder["m.safetensors"]}", "m.safetensors");
    }

    [Fact]
    public void AnExerciseDoesNotTellItsAnswer()
    {
        foreach (var lesson in Lessons.All)
        {
            var shown = InProcess.Run("lessons", "show", $"{lesson.Number}").Out;
            Assert.Contains(lesson.Title, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(lesson.Name, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(lesson.Wrong, shown, StringComparison.Ordinal);
            Assert.All(shown.Split('\n'), line => Assert.True(line.Length <= 80, line));
            var answer = InProcess.Run("lessons", "answer", lesson.Name).Out;
            Assert.Contains(lesson.Name, answer, StringComparison.Ordinal);
            Assert.Contains(lesson.Wrong, answer, StringComparison.Ordinal);
        }

        var happened = InProcess.Run("gradcheck", "--hidden", "none", "--inject-bug", "1").Out;
        Assert.DoesNotContain("bias-not-summed", happened, StringComparison.Ordinal);
        Assert.Equal(Lessons.All.Count, InProcess.Run("lessons", "--json").JsonLines().Length);
        Assert.Equal(Enum.GetValues<Fault>().Length - 1, Lessons.All.Select(lesson => lesson.Fault).Distinct().Count());
    }

    [Theory]
    [InlineData("gradcheck --inject-bug missing-transpos", "--inject-bug", "'missing-transpose'")]
    [InlineData("gradcheck --inject-bug 10", "--inject-bug", "1 to 9")]
    [InlineData("gradcheck --hidden x", "--hidden", "'x'")]
    [InlineData("gradcheck m.safetensors --hidden 3", "MODEL and --hidden")]
    [InlineData("lessons show 0", "LESSON", "1 to 9")]
    [InlineData("lessons show", "LESSON")]
    public void WrongUsageIsOneLine(string args, params string[] parts) => InProcess.Refuses(2, args, parts);

    [Fact]
    public void TheChartKeepsToItsHeightWhateverTheLosses()
    {
        var lines = LossChart.Draw([2, 1, 0.5], [2, 1e30, double.NaN]).ToArray();
        Assert.Equal(12 + 3, lines.Length);
        Assert.Contains('x', lines[0]);
        Assert.Contains('#', string.Concat(lines[..12]));
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }
}
