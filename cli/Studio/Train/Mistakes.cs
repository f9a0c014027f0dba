using ScratchNet.Cli.Runs;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>A picture that was taken for something else.</summary>
/// <param name="Label">What it shows.</param>
/// <param name="Predicted">What it was taken for.</param>
/// <param name="Probability">How sure the network was.</param>
/// <param name="Pixels">The picture's bytes.</param>
internal sealed record MistakeState(string Label, string Predicted, double Probability, byte[] Pixels);

/// <summary>What a network gets wrong of the validation pictures, those first of which it was surest.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Of">How many pictures it was shown.</param>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Worst">Some of them.</param>
internal sealed record Mistakes(int Count, int Of, int Height, int Width, IReadOnlyList<MistakeState> Worst)
{
    private const int MostShown = 40;

    /// <summary>Those of a network that has learnt nothing yet, or when nothing is held out.</summary>
    public static Mistakes None { get; } = new(0, 0, 1, 1, []);

    /// <summary>Shows a model pictures.</summary>
    public static Mistakes Find(TrainedModel model, Dataset pictures)
    {
        var result = model.Evaluate(pictures);
        var worst = Mistake.Worst(model, pictures, result).Take(MostShown).Select(mistake => new MistakeState(
            model.ClassNames[mistake.Label], model.ClassNames[mistake.Predicted], mistake.Probability, mistake.Pixels));
        var right = (int)Math.Round(result.Accuracy * pictures.Count);
        return new Mistakes(pictures.Count - right, pictures.Count, pictures.Height, pictures.Width, [.. worst]);
    }
}
