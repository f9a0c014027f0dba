using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>A picture that was taken for something else.</summary>
/// <param name="Label">What it shows.</param>
/// <param name="Predicted">What it was taken for.</param>
/// <param name="Probability">How sure the network was.</param>
/// <param name="Pixels">The picture's bytes.</param>
internal sealed record Mistake(string Label, string Predicted, double Probability, byte[] Pixels);

/// <summary>What a network gets wrong of the validation pictures, those first of which it was surest.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Of">How many pictures it was shown.</param>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Worst">Some of them.</param>
internal sealed record Mistakes(int Count, int Of, int Height, int Width, IReadOnlyList<Mistake> Worst)
{
    private const int MostShown = 40;
    private const int Chunk = 512;

    /// <summary>Shows a model pictures.</summary>
    public static Mistakes Find(TrainedModel model, Dataset pictures)
    {
        var wrong = new List<(int Index, int Predicted, float Probability)>();
        for (var start = 0; start < pictures.Count; start += Chunk)
        {
            var part = pictures.Slice(start, Math.Min(Chunk, pictures.Count - start));
            var probabilities = model.Network.Predict(model.Format.Convert(part.CopyImages()));
            for (var i = 0; i < part.Count; i++)
            {
                var row = probabilities.AsSpan(i * model.Network.Outputs, model.Network.Outputs);
                var best = row.IndexOf(Largest(row));
                if (best != part.Labels.Span[i])
                {
                    wrong.Add((start + i, best, row[best]));
                }
            }
        }

        var worst = wrong.OrderByDescending(mistake => mistake.Probability).Take(MostShown).Select(mistake => new Mistake(
            model.ClassNames[pictures.Labels.Span[mistake.Index]],
            model.ClassNames[mistake.Predicted],
            mistake.Probability,
            pictures.Image(mistake.Index).ToArray()));
        return new Mistakes(wrong.Count, pictures.Count, pictures.Height, pictures.Width, [.. worst]);
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }
}
