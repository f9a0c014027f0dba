using System.Globalization;
using ScratchNet.Training.Diagnosis;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Writes <c>layers.csv</c>: a line a layer, for the epochs in which layers were measured.</summary>
internal sealed class LayerTable(RunContext run, RunFolder folder) : RunObserver
{
    /// <summary>The columns; epoch 0 is before the first step. Norms are Euclidean, shares go from 0 to 1.</summary>
    public const string Header = "epoch,layer,description,output_mean,output_deviation,zeros,dead_units,saturated,"
        + "weight_norm,weight_deviation,gradient_norm,gradient_deviation";

    private readonly EpochTable _table = new(folder.Layers, Header);

    /// <inheritdoc/>
    public override void Started()
    {
        var before = run.IsResumed ? _table.Read() : Array.Empty<string>().ToLookup(_ => 0);
        _table.Begin(before.Where(epoch => epoch.Key <= run.Trainer.Epoch).SelectMany(lines => lines));
    }

    /// <inheritdoc/>
    public override void LayersMeasured(int epoch, IReadOnlyList<LayerStatistics> layers) =>
        _table.Add(epoch, layers.Select(layer => Line(epoch, layer)));

    /// <inheritdoc/>
    public override void Dispose() => _table.Dispose();

    private static string Line(int epoch, LayerStatistics layer)
    {
        double?[] values =
        [
            layer.Outputs.Mean, layer.Outputs.Deviation, layer.Zeros, layer.DeadUnits, layer.Saturated,
            layer.Weights?.Norm, layer.Weights?.Deviation, layer.Gradients?.Norm, layer.Gradients?.Deviation,
        ];
        // Descriptions have commas: "dense 784 -> 128, relu".
        return string.Create(CultureInfo.InvariantCulture,
            $"{epoch},{layer.Layer},{layer.Description.Replace(",", "", StringComparison.Ordinal)},")
            + string.Join(',', values.Select(EpochTable.Text));
    }
}
