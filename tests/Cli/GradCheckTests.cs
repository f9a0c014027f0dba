using ScratchNet.Cli.Checks;
using ScratchNet.Cli.Output;
using ScratchNet.Engine;
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
        Assert.Equal((lines.Length - 1, 0), (lines[^1].GetProperty("checks").GetInt32(), lines[^1].GetProperty("failed").GetInt32()));
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

        Assert.DoesNotContain("bias-not-summed", InProcess.Run("gradcheck", "--hidden", "none", "--inject-bug", "1").Out, StringComparison.Ordinal);
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
