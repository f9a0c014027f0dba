using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests;

/// <summary>The README's example: compiled, run, and the same text that the README shows.</summary>
public class ReadmeTests
{
    [Fact]
    public void The_five_lines_work_and_stand_in_the_readme()
    {
        // <readme>
        using var backend = Devices.Open("auto");
        var digits = BundledDigits.Load();
        using var network = new Network(backend, 784, [new Dense(128, Activation.Relu), new Dense(10)], new SoftmaxCrossEntropy());
        network.Fit(digits.Train, new Adam(), epochs: 10);
        Console.WriteLine($"{network.Evaluate(digits.Test).Accuracy:P1}; the first is a {network.PredictClass(digits.Test.Image(0))}");
        // </readme>

        Assert.True(network.Evaluate(digits.Test).Accuracy > 0.9);
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "ReadmeTests.cs"));
        var start = Array.FindIndex(lines, line => line.Trim() == "// <readme>") + 1;
        var end = Array.FindIndex(lines, line => line.Trim() == "// </readme>");
        var example = string.Join('\n', lines[start..end].Select(line => line.Trim()));
        Assert.Equal(5, end - start);
        Assert.Contains(example,
            File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
