using System.Text.Json.Nodes;
using ScratchNet.Cli.Runs;
using ScratchNet.Cli.Runs.Observers;

namespace ScratchNet.Cli.Reports;

/// <summary>All that a run's folder says about the run: what a page is made of, without the data and without a device.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Config">What was asked for, and where it ran.</param>
/// <param name="Metrics">A row an epoch.</param>
/// <param name="Layers">A row a layer, for some of the epochs; null where the run has none.</param>
/// <param name="Result">How the run ended; null while it lasts, and when it was killed.</param>
/// <param name="FirstLayer">Weights of the first layer; null where there is no model yet, or no pictures to show them as.</param>
internal sealed record RunData(
    string Name, JsonObject Config, RunTable Metrics, RunTable? Layers, JsonObject? Result, FirstLayer? FirstLayer)
{
    // What the page cannot do without.
    private static readonly string[] ConfigKeys = ["network", "dataset", "options", "sessions"];

    /// <summary>Reads a run's folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="warn">Told in a line when a damaged checkpoint is passed over; left out where somebody else tells.</param>
    /// <exception cref="FailureException">It holds no run, or a damaged one; the message names the file.</exception>
    public static RunData Read(string path, Action<string>? warn = null)
    {
        var folder = new RunFolder(path);
        if (!Directory.Exists(path))
        {
            throw new FailureException(File.Exists(path)
                ? $"{path}: is a file; give the run's folder, such as runs/NAME"
                : $"{path}: there is no such folder; give a run's, such as runs/NAME");
        }

        if (!File.Exists(folder.Config))
        {
            throw new FailureException($"{path}: holds no run: config.json is missing; "
                + "give a folder that 'scratchnet train' made");
        }

        var config = ReadJson(folder.Config, ConfigKeys);
        return new RunData(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))),
            config,
            RunTable.Read(folder.Metrics, MetricsTable.Header),
            File.Exists(folder.Layers) ? RunTable.Read(folder.Layers, LayerTable.Header) : null,
            File.Exists(folder.Result) ? ReadJson(folder.Result, ["status"]) : null,
            FirstLayer.Read(RunFiles.FindWholeModel(path, warn ?? (_ => { })), config["dataset"]!));
    }

    private static JsonObject ReadJson(string path, string[] keys)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject;
            var missing = keys.FirstOrDefault(key => json?[key] is null);
            return json is not null && missing is null
                ? json
                : throw new FailureException($"{path}: has no '{missing}', so it is not of a run of this version; "
                    + "delete or restore it");
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new FailureException($"{path}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} of it: "
                + "is no JSON: the file is damaged; delete or restore it");
        }
    }
}
