using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Engine.Files;

namespace ScratchNet.Cli.Reports;

/// <summary>
/// The units of the first layer whose weights are strongest, as pictures: a unit has one weight a pixel. Each weight is a
/// signed byte, as a share of the greatest of all.
/// </summary>
/// <param name="Units">Number of units of the layer.</param>
/// <param name="Greatest">The greatest weight, without its sign; 127 in the pictures.</param>
/// <param name="Pictures">The shown units: their numbers, their norms, and their weights, row by row.</param>
internal sealed record FirstLayer(int Units, double Greatest, IReadOnlyList<(int Unit, double Norm, byte[] Weights)> Pictures)
{
    private const int Shown = 64;

    /// <summary>Reads the first layer of a model; null where there is no file, or the layer does not look at pixels.</summary>
    /// <param name="model">A model or a checkpoint.</param>
    /// <param name="dataset">Says how large pictures are.</param>
    /// <exception cref="ModelFileException">The file is damaged.</exception>
    public static FirstLayer? Read(string model, JsonNode dataset)
    {
        if (!File.Exists(model))
        {
            return null;
        }

        // Dropout of the inputs may come before it, so it need not be layer 0.
        var first = SafetensorsFile.Read(model, allowNonFinite: true).Tensors.Values
            .Where(tensor => tensor.Name.StartsWith("layers.", StringComparison.Ordinal)
                && tensor.Name.EndsWith(".weights", StringComparison.Ordinal))
            .MinBy(tensor => int.TryParse(tensor.Name.Split('.')[1], out var layer) ? layer : int.MaxValue);
        var pixels = (int?)dataset["height"] * (int?)dataset["width"];
        return first is { Shape: [var inputs, var units] } && inputs == pixels ? Of(first.Values, inputs, units) : null;
    }

    /// <summary>Writes the pictures as a JSON object, their weights in base 64.</summary>
    public void Describe(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("units", Units);
        json.WriteNumber("greatest", Greatest);
        json.WriteStartArray("pictures");
        foreach (var (unit, norm, weights) in Pictures)
        {
            json.WriteStartObject();
            json.WriteNumber("unit", unit);
            json.WriteNumber("norm", norm);
            json.WriteBase64String("weights", weights);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static FirstLayer? Of(float[] weights, int inputs, int units)
    {
        var norms = new double[units];
        for (var i = 0; i < weights.Length; i++)
        {
            norms[i % units] += (double)weights[i] * weights[i];
        }

        var shown = Enumerable.Range(0, units).Where(unit => double.IsFinite(norms[unit]))
            .OrderByDescending(unit => norms[unit]).Take(Shown).ToArray();
        if (shown.Length == 0)
        {
            return null;
        }

        var greatest = shown.Max(unit => Column(unit).Max(Math.Abs));
        return new FirstLayer(units, greatest, [.. shown.Select(unit => (unit, Math.Sqrt(norms[unit]), Bytes(unit)))]);

        IEnumerable<float> Column(int unit) => Enumerable.Range(0, inputs).Select(input => weights[(input * units) + unit]);

        byte[] Bytes(int unit) =>
            [.. Column(unit).Select(weight => (byte)(sbyte)Math.Round(greatest == 0 ? 0 : 127 * weight / greatest))];
    }
}
