using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Runs;

/// <summary>
/// Distortions as <c>--augment</c> gives them: <c>no</c>, a named strength, numbers, or a strength with some numbers changed,
/// such as
/// <c>strong,alpha=40</c>.
/// </summary>
internal static class DistortionText
{
    private const string None = "no";

    private static IEnumerable<string> Words => [None, .. Strengths.Select(strength => strength.Name)];

    // Not default(Distortion): the usual sigma is worth keeping for who gives only alpha.
    private static readonly Distortion Nothing = new(RotationDegrees: 0);

    // Even the strong one leaves a digit what it is: a 6 turned much further would become a 9.
    private static readonly (string Name, Distortion Distortion)[] Strengths =
    [
        ("mild", new(RotationDegrees: 6, Scale: 0.06f, ShiftPixels: 1, Shear: 0.05f, ElasticAlpha: 20, ElasticSigma: 5)),
        ("yes", new(RotationDegrees: 10, Scale: 0.1f, ShiftPixels: 1.5f, Shear: 0.1f, ElasticAlpha: 34, ElasticSigma: 5)),
        ("strong", new(RotationDegrees: 15, Scale: 0.15f, ShiftPixels: 2, Shear: 0.15f, ElasticAlpha: 38, ElasticSigma: 5)),
    ];

    /// <summary>
    /// Whether a word of the command line is meant for --augment, misspelt or not, and not for what follows it: another option,
    /// or a data set.
    /// </summary>
    public static bool Suits(string word) =>
        word.Contains('=', StringComparison.Ordinal) || Words.Contains(word.Split(',')[0]) || IsMisspelt(word);

    /// <summary>Reads a distortion.</summary>
    /// <returns>The distortion; null for none.</returns>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static Distortion? Read(string text)
    {
        const string Option = TrainOptionNames.Augment;
        var numbers = new NamedNumbers(Option, text);
        var word = numbers.Word.Length == 0
            ? null
            : Values.Choice(Option, numbers.Word, [.. Words]);
        if (word == None)
        {
            numbers.Only();
            return null;
        }

        numbers.Only("rotation", "scale", "shift", "shear", "alpha", "sigma");
        var from = Array.Find(Strengths, strength => strength.Name == word) is { Name: not null } named
            ? named.Distortion
            : Nothing;
        var read = new Distortion(
            (float)numbers.Real("rotation", from.RotationDegrees, 0, 180),
            (float)numbers.Real("scale", from.Scale, 0, 1, openMax: true),
            (float)numbers.Real("shift", from.ShiftPixels, 0, 100),
            (float)numbers.Real("shear", from.Shear, 0, 10),
            (float)numbers.Real("alpha", from.ElasticAlpha, 0, 1000),
            (float)numbers.Real("sigma", from.ElasticSigma, 0.5, 50));
        return read with { ElasticSigma = Nothing.ElasticSigma } == Nothing ? null : read;
    }

    private static bool IsMisspelt(string word) => !word.StartsWith('-') && !DataSource.IsLike(word) && !Path.Exists(word)
        && Nearest.To(word.Split(',')[0], Words) is not null;

    /// <summary>Writes a distortion so that <see cref="Read"/> makes an equal one.</summary>
    public static string Write(Distortion? distortion)
    {
        if (distortion is not { } it)
        {
            return None;
        }

        return Array.Find(Strengths, strength => strength.Distortion == it).Name ?? NamedNumbers.Write(
            ("rotation", it.RotationDegrees), ("scale", it.Scale), ("shift", it.ShiftPixels), ("shear", it.Shear),
            ("alpha", it.ElasticAlpha), ("sigma", it.ElasticSigma));
    }
}
