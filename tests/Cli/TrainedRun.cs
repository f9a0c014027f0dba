using System.Text.Json;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Cli;

/// <summary>A small run, trained once by a process; the tests of a class look at different sides of it.</summary>
public sealed class TrainedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CliResult _result;

    public TrainedRun()
    {
        // Every option that a test looks at is given, so that better defaults break none.
        _result = CliProcess.Run(_folder.Path, "train", "--epochs", "2", "--hidden", "16", "--batch-size", "32",
            "--learning-rate", "0.001", "--no-augment", "--validation", "0.1", "--seed", "1", "--json", "--run", "run[1]");
        Assert.True(_result.ExitCode == 0, _result.Error);
        Picture = _folder.File("digit[x].bmp");
        var test = BundledDigits.Load().Test;
        Bitmap.Write(Picture, test.Image(1), test.Width, test.Height);
    }

    /// <summary>The model's file; its folder has brackets in its name, which must not be taken for markup.</summary>
    public string Model => Path.Combine(_folder.Path, "run[1]", "model.safetensors");

    /// <summary>A picture of a 1.</summary>
    public string Picture { get; }

    internal string Error => _result.Error;

    internal JsonElement[] Lines => _result.JsonLines();

    internal CliResult Run(params string[] args) => CliProcess.Run(_folder.Path, args);

    internal string File(string name) => _folder.File(name);

    public void Dispose() => _folder.Dispose();
}
