using ScratchNet.Engine;
using ScratchNet.Training;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>How numbers are spread.</summary>
/// <param name="Limit">The counts go from -Limit to Limit.</param>
/// <param name="Counts">How many numbers are in each of equally wide parts.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation.</param>
internal sealed record Histogram(double Limit, int[] Counts, double Mean, double Deviation)
{
    private const int Bins = 41;

    /// <summary>Counts numbers; those that are not finite are left out.</summary>
    public static Histogram Of(float[] values)
    {
        double limit = 0, sum = 0, squares = 0;
        var finite = 0;
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                limit = Math.Max(limit, Math.Abs(value));
                sum += value;
                squares += (double)value * value;
                finite++;
            }
        }

        var counts = new int[Bins];
        var scale = limit > 0 ? Bins / (2 * limit) : 0;
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                counts[Math.Clamp((int)((value + limit) * scale), 0, Bins - 1)]++;
            }
        }

        var mean = finite > 0 ? sum / finite : 0;
        return new Histogram(limit, counts, mean, finite > 0 ? Math.Sqrt(Math.Max(0, (squares / finite) - (mean * mean))) : 0);
    }
}

/// <summary>A layer's weights and their gradients.</summary>
/// <param name="Name">The layer in words.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Gradients">What the last step left as their gradients; null before the first.</param>
internal sealed record LayerState(string Name, Histogram Weights, Histogram? Gradients);

/// <summary>First-layer weights as pictures: what each unit looks for.</summary>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Units">Units of the layer.</param>
/// <param name="Limit">What a pixel of 127 stands for.</param>
/// <param name="Pixels">Picture after picture, signed bytes.</param>
internal sealed record WeightPictures(int Height, int Width, int Units, double Limit, byte[] Pixels);

/// <summary>Everything about the layers, as the browser gets it now and then.</summary>
internal sealed record LayerStates(IReadOnlyList<LayerState> Layers, WeightPictures? Pictures)
{
    private const int MostPictures = 64;

    /// <summary>Looks into a network (downloads its weights and gradients).</summary>
    /// <param name="network">The network.</param>
    /// <param name="format">How big its pictures are.</param>
    /// <param name="hasGradients">Whether a step has been made.</param>
    public static LayerStates Of(Network network, InputFormat format, bool hasGradients)
    {
        var dense = network.Layers.OfType<Dense>().ToArray();
        return new LayerStates(
            [.. dense.Select(layer => new LayerState(
                layer.Description,
                Histogram.Of(layer.Weights.Values.ToArray()),
                hasGradients ? Histogram.Of(layer.Weights.Gradients.ToArray()) : null))],
            dense is [var first, ..] && first.Inputs == format.Features ? Draw(first, format) : null);
    }

    private static WeightPictures Draw(Dense layer, InputFormat format)
    {
        var weights = layer.Weights.Values.ToArray();
        var shown = Math.Min(layer.Outputs, MostPictures);
        var limit = weights.Max(Math.Abs);
        var pixels = new byte[shown * layer.Inputs];
        for (var unit = 0; unit < shown; unit++)
        {
            for (var i = 0; i < layer.Inputs; i++)
            {
                // Weights are inputs x outputs: what a unit looks for is a column.
                var value = weights[(i * layer.Outputs) + unit];
                pixels[(unit * layer.Inputs) + i] = unchecked((byte)(sbyte)(limit > 0 ? Math.Round(127 * value / limit) : 0));
            }
        }

        return new WeightPictures(format.Height, format.Width, layer.Outputs, limit, pixels);
    }
}
