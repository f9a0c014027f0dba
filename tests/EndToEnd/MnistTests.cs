using ScratchNet.Tests.Cli;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.EndToEnd;

/// <summary>The main job on real input, through the program, as a person runs it.</summary>
public class MnistTests
{
    [SkippableFact]
    public void A_network_of_128_units_learns_mnist_with_the_defaults()
    {
        if (DatasetCatalog.Locate(DatasetCatalog.Mnist, DataLocations.FromEnvironment()) is null)
        {
            Requirements.Skip("MNIST is not on this machine; set SCRATCHNET_DATA to the folder that holds it");
        }

        using var folder = new TemporaryFolder();
        var result = CliProcess.Run(folder.Path, "train", "mnist", "--hidden", "128", "--json", "--output", "model.safetensors");
        Assert.True(result.ExitCode == 0, result.Error);
        var lines = result.JsonLines();
        Assert.Equal(11, lines.Length);
        Assert.Equal(101_770, lines[^1].GetProperty("parameters").GetInt32());
        Assert.InRange(lines[^1].GetProperty("test_accuracy").GetDouble(), 0.978, 1.0);

        var again = CliProcess.Run(folder.Path, "evaluate", "model.safetensors", "mnist", "--json");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(
            lines[^1].GetProperty("test_accuracy").GetDouble(),
            again.JsonLines()[0].GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void The_bundled_digits_are_learnt_with_the_defaults_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var result = CliProcess.Run(folder.Path, "train", "--json", "--quiet");
        Assert.True(result.ExitCode == 0, result.Error);
        var done = result.JsonLines()[^1];
        Assert.InRange(done.GetProperty("test_accuracy").GetDouble(), 0.97, 1.0);
        Assert.True(File.Exists(folder.File(done.GetProperty("model").GetString()!)), done.ToString());
        Assert.Equal("cpu", done.GetProperty("device").GetString());
    }
}
