using System.Text.Json;
using ScratchNet.Cli.Output;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Runs;

/// <summary>A picture that a model takes for something else than it is.</summary>
/// <param name="Index">Its place in the test part, from 0.</param>
/// <param name="Label">The class that it is of.</param>
/// <param name="Predicted">The class that the model takes it for.</param>
/// <param name="Probability">The model's probability of that class.</param>
/// <param name="RightProbability">The model's probability of the right class.</param>
/// <param name="Pixels">The picture, row by row.</param>
/// <param name="Width">Its columns.</param>
internal sealed record Mistake(
    int Index, int Label, int Predicted, double Probability, double RightProbability, byte[] Pixels, int Width)
{
    private const int Shown = 60;

    // No more than an evaluation has in a step: the network has memory for those already.
    private const int AtATime = 256;

    /// <summary>Rows of the picture.</summary>
    public int Height => Pixels.Length / Width;

    /// <summary>The mistakes that the model is surest of, at most sixty.</summary>
    /// <param name="model">The model.</param>
    /// <param name="test">What it was measured on.</param>
    /// <param name="result">What came out.</param>
    public static IReadOnlyList<Mistake> Worst(TrainedModel model, Dataset test, EvaluationResult result) =>
    [
        .. Enumerable.Range(0, result.Predictions.Length)
            .Where(index => result.Predictions.Span[index] != test.Labels.Span[index])
            .Chunk(AtATime)
            .SelectMany(indices => Of(model, test, indices, result.Predictions))
            .OrderByDescending(mistake => mistake.Probability)
            .Take(Shown),
    ];

    /// <summary>Adds the mistake to a JSON array, its picture as PNG in base 64.</summary>
    public void Describe(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("index", Index);
        json.WriteNumber("label", Label);
        json.WriteNumber("predicted", Predicted);
        json.WriteFinite("probability", Probability);
        json.WriteFinite("right_probability", RightProbability);
        json.WriteBase64String("png", PngFile.Encode(Pixels, Width, Height));
        json.WriteEndObject();
    }

    private static IEnumerable<Mistake> Of(
        TrainedModel model, Dataset test, int[] indices, ReadOnlyMemory<byte> predictions)
    {
        var pixels = new byte[indices.Length * test.Features];
        for (var i = 0; i < indices.Length; i++)
        {
            test.Image(indices[i]).CopyTo(pixels.AsSpan(i * test.Features));
        }

        var (values, outputs) = (model.Network.Predict(model.Format.Convert(pixels)), model.Network.Outputs);
        return indices.Select((index, row) =>
        {
            var (label, predicted) = (test.Labels.Span[index], predictions.Span[index]);
            return new Mistake(index, label, predicted, Probability(row, predicted), Probability(row, label),
                pixels.AsSpan(row * test.Features, test.Features).ToArray(), test.Width);
        });

        // A yes-or-no network gives one value: the probability of class 1.
        double Probability(int row, int c) => outputs > 1 ? values[(row * outputs) + c] : c == 1 ? values[row] : 1 - values[row];
    }
}
