using ScratchNet.Engine;
using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>How numbers are spread, for the browser.</summary>
internal sealed record Spread(double Min, double Max, double Mean, double Deviation, long[] Counts)
{
    public static Spread? Of(Histogram? histogram) => histogram is null ? null
        : new Spread(histogram.Min, histogram.Max, histogram.Mean, histogram.Deviation, histogram.Counts);
}

/// <summary>A layer's weights, their gradients, and how its units do.</summary>
internal sealed record LayerState(string Name, Spread? Weights, Spread? Gradients, double DeadUnits, double Saturated)
{
    public static LayerState Of(LayerStatistics layer) => new(
        layer.Description, Spread.Of(layer.Weights), Spread.Of(layer.Gradients), layer.DeadUnits, layer.Saturated);
}

/// <summary>First-layer weights as pictures: what each unit looks for.</summary>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Units">Units of the layer.</param>
/// <param name="Shown">How many of them come as pictures.</param>
/// <param name="Values">Picture after picture.</param>
internal sealed record WeightPictures(int Height, int Width, int Units, int Shown, SignedValues Values);

/// <summary>Everything about the layers, as the browser gets it now and then.</summary>
internal sealed record LayerStates(IReadOnlyList<LayerState> Layers, WeightPictures? Pictures)
{
    private const int MostPictures = 64;

    /// <summary>Looks into a network (downloads its weights and gradients).</summary>
    /// <param name="probe">Measures its layers.</param>
    /// <param name="network">The network.</param>
    /// <param name="format">How big its pictures are.</param>
    public static LayerStates Of(LayerProbe probe, Network network, InputFormat format) => new(
        [.. probe.Measure().Where(layer => layer.Weights is not null).Select(LayerState.Of)],
        network.Layers.OfType<Dense>().First() is var first && first.Inputs == format.Features ? Draw(first, format) : null);

    /// <summary>Weights are inputs x outputs: what a unit looks for is a column.</summary>
    private static WeightPictures Draw(Dense layer, InputFormat format)
    {
        var weights = layer.Weights.Values.ToArray();
        var shown = Math.Min(layer.Outputs, MostPictures);
        var pictures = new float[shown * layer.Inputs];
        for (var unit = 0; unit < shown; unit++)
        {
            for (var i = 0; i < layer.Inputs; i++)
            {
                pictures[(unit * layer.Inputs) + i] = weights[(i * layer.Outputs) + unit];
            }
        }

        return new WeightPictures(format.Height, format.Width, layer.Outputs, shown, SignedValues.Of(pictures));
    }
}
