using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>
/// How a picture becomes the numbers that a network sees: height x width bytes, row by row, each as <c>scale·byte + shift</c>.
/// It is stored in the model, so that prediction does what training did.
/// </summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Scale">Multiplies each byte.</param>
/// <param name="Shift">Added afterwards; what an empty (0) pixel becomes.</param>
public sealed record InputFormat(int Height, int Width, float Scale = 1f / 255f, float Shift = 0f)
{
    /// <summary>Number of values that a picture becomes.</summary>
    public int Features => Height * Width;

    /// <summary>The format that networks are trained with unless told otherwise: pixels from 0 to 1.</summary>
    /// <param name="dataset">Gives height and width.</param>
    public static InputFormat For(Dataset dataset) => new(dataset.Height, dataset.Width);

    /// <summary>Turns one or more pictures into inputs, on the host; training does the same on the device.</summary>
    /// <param name="pixels">Pixels, picture after picture.</param>
    public float[] Convert(ReadOnlySpan<byte> pixels)
    {
        var values = new float[pixels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.FusedMultiplyAdd(pixels[i], Scale, Shift);
        }

        return values;
    }

    /// <summary>Writes the format as JSON, for model files.</summary>
    public JsonObject ToJson() => new()
    {
        ["height"] = Height,
        ["width"] = Width,
        ["scale"] = Scale.ToString("R", CultureInfo.InvariantCulture),
        ["shift"] = Shift.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static InputFormat FromJson(JsonNode? json)
    {
        try
        {
            return new InputFormat(
                (int)json!["height"]!,
                (int)json["width"]!,
                float.Parse((string)json["scale"]!, CultureInfo.InvariantCulture),
                float.Parse((string)json["shift"]!, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is NullReferenceException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"the preprocessing is described as {json?.ToJsonString() ?? "nothing"}", exception);
        }
    }
}
