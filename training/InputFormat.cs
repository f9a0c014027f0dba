using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Training;

/// <summary>
/// How a picture becomes the numbers that a network sees: it is prepared as the training pictures were, which gives height x
/// width bytes, row by row, cleaned of noise if asked to, and each byte becomes <c>scale·byte + shift</c>. It is stored in the
/// model, so that prediction does what training did.
/// </summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Scale">Multiplies each byte.</param>
/// <param name="Shift">Added afterwards; what an empty (0) pixel becomes.</param>
/// <param name="Denoise">Whether a 3x3 median filter cleans each picture first.</param>
/// <param name="Preparation">What makes height x width bytes of a picture from outside the data set.</param>
public sealed record InputFormat(int Height, int Width, float Scale = 1f / 255f, float Shift = 0f, bool Denoise = false,
    Preparation Preparation = Preparation.Fit)
{
    /// <summary>Number of values that a picture becomes.</summary>
    public int Features => Height * Width;

    /// <summary>The format that networks are trained with unless told otherwise: pixels from 0 to 1.</summary>
    /// <param name="dataset">Gives height and width, and shows how its pictures were prepared.</param>
    /// <param name="denoise">Whether a 3x3 median filter shall clean each picture.</param>
    public static InputFormat For(Dataset dataset, bool denoise = false) =>
        new(dataset.Height, dataset.Width, Denoise: denoise, Preparation: PreparationOf.Dataset(dataset, denoise));

    /// <summary>Cleans one picture, in place, of what this format has cleaned from pictures.</summary>
    /// <param name="picture">(height x width) bytes.</param>
    public void Clean(Span<byte> picture)
    {
        if (Denoise)
        {
            MedianFilter.Apply(picture, Height, Width);
        }
    }

    /// <summary>Turns one or more pictures into inputs, on the host; training does the same on the device.</summary>
    /// <param name="pixels">Pixels, picture after picture.</param>
    public float[] Convert(ReadOnlySpan<byte> pixels)
    {
        var cleaned = pixels.ToArray();
        for (var first = 0; first < cleaned.Length - Features + 1; first += Features)
        {
            Clean(cleaned.AsSpan(first, Features));
        }

        var values = new float[pixels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.FusedMultiplyAdd(cleaned[i], Scale, Shift);
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
        ["denoise"] = Denoise,
        ["preparation"] = PreparationOf.Name(Preparation),
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static InputFormat FromJson(JsonNode? json)
    {
        try
        {
            var (height, width) = ((int)json!["height"]!, (int)json["width"]!);
            return new InputFormat(
                height,
                width,
                float.Parse((string)json["scale"]!, CultureInfo.InvariantCulture),
                float.Parse((string)json["shift"]!, CultureInfo.InvariantCulture),
                (bool?)json["denoise"] ?? false,
                PreparationOf.Name((string?)json["preparation"], height, width));
        }
        catch (Exception exception) when (exception is NullReferenceException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"the preprocessing is described as {json?.ToJsonString() ?? "nothing"}", exception);
        }
    }
}
