using ScratchNet.Cli.Parsing;

namespace ScratchNet.Cli.Runs;

/// <summary>A test accuracy, and the time that it takes.</summary>
/// <param name="Accuracy">Test accuracy, 0 to 1.</param>
/// <param name="Seconds">Time from the start of the process to the result, on two cores.</param>
internal readonly record struct RecipeOutcome(double Accuracy, double Seconds);

/// <summary>A set of option values with an aim: an accuracy within a time.</summary>
/// <param name="Name">What --recipe calls it.</param>
/// <param name="Dataset">The data set that it was made for.</param>
/// <param name="Aim">What it was made to reach there.</param>
/// <param name="Measured">What it does reach: medians, which training/README.md tells more of.</param>
/// <param name="Options">Values of options of <c>train</c>, as the command line gives them.</param>
internal sealed record Recipe(
    string Name, string Dataset, RecipeOutcome Aim, RecipeOutcome Measured, IReadOnlyDictionary<string, string> Options);

/// <summary>The recipes. training/README.md tells how each was found.</summary>
internal static class Recipes
{
    private const string Mnist = "mnist";

    /// <summary>Every recipe, fastest first.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("quick", Mnist, new(0.98, 5), new(0.9824, 2.8), Options("256", epochs: 8, batch: 128, rate: "0.003")),
        new("brisk", Mnist, new(0.985, 20), new(0.9906, 7.4), Options("512,512", epochs: 8, batch: 128, rate: "0.002",
            (TrainOptionNames.Augment, "yes"))),
        new("standard", Mnist, new(0.99, 90), new(0.9930, 19.6), Options("512,512", epochs: 20, batch: 128, rate: "0.002",
            (TrainOptionNames.Augment, "yes"))),
        new("accurate", Mnist, new(0.995, 360), new(0.9950, 230), Options("1000,500", epochs: 190, batch: 128, rate: "0.001",
            (TrainOptionNames.Candidates, "4"), (TrainOptionNames.Augment, "yes"), (TrainOptionNames.Dropout, "0.1"))),
        new("record", Mnist, new(0.9965, 3600), new(0.9959, 2000),
            Options("2000,1500,1000", epochs: 280, batch: 256, rate: "0.001",
                (TrainOptionNames.WarmUp, "1"), (TrainOptionNames.Augment, "yes"), (TrainOptionNames.Dropout, "0.1"))),
    ];

    /// <summary>The recipe of a given name.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest.</exception>
    public static Recipe Find(string name) =>
        All.Single(recipe => recipe.Name == Values.Choice(TrainOptionNames.Recipe, name, [.. All.Select(each => each.Name)]));

    /// <summary>A recipe's options, with those that were given beside it in place of its own.</summary>
    public static Dictionary<string, string> Merge(Recipe recipe, IReadOnlyDictionary<string, string> given)
    {
        var merged = new Dictionary<string, string>(recipe.Options);
        foreach (var (option, text) in given)
        {
            merged[option] = text;
        }

        return merged;
    }

    /// <summary>Says in a line which recipe is followed, and where options given beside it depart from it.</summary>
    public static string Describe(Recipe recipe, IReadOnlyDictionary<string, string> given)
    {
        var changes = given.Where(option => recipe.Options.GetValueOrDefault(option.Key) != option.Value).Select(option =>
            recipe.Options.TryGetValue(option.Key, out var own)
                ? $"{option.Key} {option.Value} instead of {own}"
                : $"{option.Key} {option.Value}").ToArray();
        return changes.Length == 0 ? $"recipe {recipe.Name}" : $"recipe {recipe.Name}, but with {string.Join(", ", changes)}";
    }

    private static Dictionary<string, string> Options(
        string hidden, int epochs, int batch, string rate, params (string Option, string Value)[] more)
    {
        var options = new Dictionary<string, string>
        {
            [TrainOptionNames.Hidden] = hidden,
            [TrainOptionNames.Epochs] = $"{epochs}",
            [TrainOptionNames.BatchSize] = $"{batch}",
            [TrainOptionNames.LearningRate] = rate,
            [TrainOptionNames.Validation] = "0",
        };
        Array.ForEach(more, pair => options[pair.Option] = pair.Value);
        return options;
    }
}
