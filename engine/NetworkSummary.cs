using System.Globalization;
using System.Text;

namespace ScratchNet.Engine;

/// <summary>A network as a table: layers, shapes, parameters, memory.</summary>
public static class NetworkSummary
{
    /// <summary>Describes a network for a person.</summary>
    /// <param name="network">The network.</param>
    /// <returns>Several lines, without a last line break.</returns>
    public static string Summary(this Network network)
    {
        var text = new StringBuilder();
        var width = network.Layers.Max(layer => layer.Description.Length);
        foreach (var layer in network.Layers)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{layer.Index,3}  {layer.Description.PadRight(width)}  {Shapes(layer),-24}  {layer.ParameterCount,12:N0}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"     {network.ParameterCount:N0} parameters; ");
        text.Append(CultureInfo.InvariantCulture, $"{Size(network.ParameterBytes)} weights and gradients");
        if (network.PlannedBatch > 0)
        {
            text.Append(CultureInfo.InvariantCulture,
                $", {Size(network.PlannedBytes)} activations for a batch of {network.PlannedBatch}");
        }

        return text.ToString();
    }

    /// <summary>A number of bytes in words, such as <c>1.5 MB</c>.</summary>
    /// <param name="bytes">How many.</param>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
    };

    private static string Shapes(Layer layer) => layer.Parameters.Count == 0
        ? "-"
        : string.Join(" + ", layer.Parameters.Select(parameter => parameter.IsBias
            ? $"{parameter.Columns}"
            : $"{parameter.Rows}x{parameter.Columns}"));
}
