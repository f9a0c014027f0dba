using System.Globalization;
using ScratchNet.Cli.Parsing;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>Class weights as <c>--class-weights</c> gives them: <c>no</c>, <c>balanced</c>, or one number a class.</summary>
/// <param name="Text">The option's value.</param>
internal sealed record ClassWeighting(string Text)
{
    /// <summary>All classes weigh the same.</summary>
    public const string None = "no";

    private const string Option = TrainOptionNames.ClassWeights;
    private const string Balanced = "balanced";

    /// <summary>Reads the option.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static ClassWeighting Read(string text)
    {
        if (text is None or Balanced)
        {
            return new ClassWeighting(text);
        }

        if (!text.Contains(',', StringComparison.Ordinal))
        {
            Values.Choice(Option, text, None, Balanced, "one number a class, with commas between them");
        }

        var weights = text.Split(',').Select(part => (float)Values.Real(Option, part.Trim(), 0, 1e6, list: text)).ToArray();
        return weights.Any(weight => weight > 0)
            ? new ClassWeighting(string.Join(',', weights.Select(weight => weight.ToString("R", CultureInfo.InvariantCulture))))
            : throw new UsageException($"{Option} is '{text}', but one of the weights must be above 0");
    }

    /// <summary>The weights for a data set; null for none.</summary>
    /// <param name="train">The whole training part: its validation part has the same shares.</param>
    /// <exception cref="UsageException">There is not one weight a class.</exception>
    public IReadOnlyList<float>? For(Dataset train)
    {
        switch (Text)
        {
            case None:
                return null;
            case Balanced:
                return ClassBalance.Weights(train);
            default:
                var weights = Text.Split(',').Select(part => float.Parse(part, CultureInfo.InvariantCulture)).ToArray();
                return weights.Length == train.Classes
                    ? weights
                    : throw new UsageException($"{Option} has {weights.Length} weights, but {train.Name} has {train.Classes} "
                        + "classes; give one weight a class");
        }
    }
}
