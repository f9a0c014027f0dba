namespace ScratchNet.Cli.Runs;

/// <summary>The files of a run's folder, beside its model and its checkpoints.</summary>
/// <param name="Path">The folder.</param>
internal sealed record RunFolder(string Path)
{
    /// <summary>What the run was asked for, and where it runs (JSON).</summary>
    public string Config => File("config.json");

    /// <summary>A line an epoch: losses, accuracies, rate, time.</summary>
    public string Metrics => File("metrics.csv");

    /// <summary>A line a layer, for some of the epochs: outputs, weights and gradients.</summary>
    public string Layers => File("layers.csv");

    /// <summary>How the run ended, and what the model takes for what (JSON).</summary>
    public string Result => File("result.json");

    /// <summary>The page about the run.</summary>
    public string Report => File("report.html");

    /// <summary>TensorBoard's files: one for every time that the run was started or resumed.</summary>
    public IEnumerable<string> EventFiles => Directory.EnumerateFiles(Path, "events.out.tfevents.*");

    /// <summary>A file of this name.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);
}
