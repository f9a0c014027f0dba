using System.Globalization;
using System.Security.Cryptography;
using ScratchNet.Training.Data;

namespace ScratchNet.Training.Diagnosis;

/// <summary>Looks for what is wrong with data before anything is trained on them.</summary>
public static class DataDoctor
{
    /// <summary>The kind of what is said of inputs far from those that initial weights are made for.</summary>
    public const string NotNormalised = "not-normalised";

    private const int Compared = 200;
    private const int ComparedWith = 10_000;

    // MNIST has 0.31, Fashion-MNIST 0.35; initial weights are made for inputs of about that spread.
    private const double LeastDeviation = 0.1;

    // Of the deviation; MNIST has 0.4, Fashion-MNIST 0.8. 1,000 of MNIST's pictures with a lighter ground, 784-128-10, 10 epochs:
    // test loss 0.4 as they are, 0.8 where this is 2, 1.3 where it is 3.
    private const double MostMean = 2;

    // Of the way from chance to certainty. MNIST's neighbours agree for 95 %, noise that can be learnt at all for 40 %.
    private const double LeastAgreement = 0.2;
    private const double MostDuplicates = 0.001;

    private const int MostOfRare = 2;
    private const int MostNamed = 10;

    /// <summary>Examines a training and a test part.</summary>
    /// <param name="data">Both parts.</param>
    public static IReadOnlyList<Finding> Examine(DatasetPair data) =>
    [
        .. new[] { Spread(data.Train), Rare(data.Train), Missing(data), Untested(data), Shuffled(data.Train), Duplicates(data) }
            .OfType<Finding>(),
    ];

    private static Finding? Spread(Dataset train)
    {
        var (mean, deviation) = (train.Mean, train.StandardDeviation);
        var seen = string.Create(CultureInfo.InvariantCulture,
            $"pixels from 0 to 1 have mean {mean:0.000} and deviation {deviation:0.000}; MNIST has 0.131 and 0.308");
        return deviation < LeastDeviation ? new Finding(
                NotNormalised, "the inputs are not normalised", seen, "stretch the grey levels to 0..255 before training")
            : mean > MostMean * deviation ? new Finding(
                NotNormalised, "the inputs are not normalised: their mean is large against their deviation", seen,
                1 - mean < MostMean * deviation && mean > 0.5
                    ? "invert the pictures before training, so that their background is dark: 255 less each grey level"
                    : "take from all pictures what they have in common, so that their background is 0")
            : null;
    }

    /// <summary>A wrong label makes a class of its own, with a single picture.</summary>
    private static Finding? Rare(Dataset train)
    {
        var counts = train.ClassCounts();
        int[] rare = [.. Enumerable.Range(0, train.Classes).Where(c => counts[c] is > 0 and <= MostOfRare)];
        return rare.Length == 0 ? null : new Finding("class-rare",
            $"{(rare.Length == 1 ? "a class has" : $"{rare.Length} classes have")} only one or two pictures: "
            + Names(train, rare),
            $"{rare.Sum(c => counts[c])} of {train.Count} training pictures; the commonest class has {counts.Max()}",
            "look for a wrong label; if it is right, add pictures of the class, or take it out");
    }

    private static Finding? Untested(DatasetPair data)
    {
        var (trained, tested) = (data.Train.ClassCounts(), data.Test.ClassCounts());
        int[] missing = [.. Enumerable.Range(0, trained.Length).Where(c => trained[c] > 0 && tested[c] == 0)];
        return missing.Length == 0 ? null : new Finding("class-untested",
            $"{(missing.Length == 1 ? "a class is" : $"{missing.Length} classes are")} missing from the test part: "
            + Names(data.Train, missing),
            $"0 of {data.Test.Count} test pictures, {missing.Sum(c => trained[c])} of {data.Train.Count} training pictures",
            "move some of its pictures to the test part: what the network makes of it is not measured otherwise");
    }

    private static Finding? Missing(DatasetPair data)
    {
        var counts = data.Train.ClassCounts();
        int[] missing = [.. Enumerable.Range(0, counts.Length).Where(c => counts[c] == 0)];
        return missing.Length == 0 ? null : new Finding("class-missing",
            $"{(missing.Length == 1 ? "a class is" : $"{missing.Length} classes are")} missing: {Names(data.Train, missing)}",
            string.Create(CultureInfo.InvariantCulture,
                $"0 of {data.Train.Count} training pictures; the "
                + $"other classes have {counts.Where(count => count > 0).Min()} or more"),
            "add pictures of it, or take the class out");
    }

    private static string Names(Dataset set, int[] classes) =>
        string.Join(", ", classes.Take(MostNamed).Select(c => set.ClassNames[c]))
        + (classes.Length > MostNamed ? $" and {classes.Length - MostNamed} more" : "");

    /// <summary>Where labels mean something, a picture's nearest neighbour mostly has the same one.</summary>
    private static Finding? Shuffled(Dataset train)
    {
        var some = train.Subset(Math.Min(train.Count, ComparedWith), seed: 1);
        var nearest = new NearestSamples(some);
        var count = Math.Min(Compared, some.Count);
        var agree = 0;
        for (var i = 0; i < count; i++)
        {
            var index = (int)((long)i * some.Count / count);
            agree += nearest.Find(some.Image(index), 1, index) is [var other]
                && some.Labels.Span[other.Index] == some.Labels.Span[index] ? 1 : 0;
        }

        var (share, chance) = ((double)agree / count, some.ClassCounts().Sum(n => Math.Pow((double)n / some.Count, 2)));
        return share >= chance + (LeastAgreement * (1 - chance)) ? null : new Finding(
            "labels-shuffled", "the labels do not go with the pictures, as if they were shuffled",
            string.Create(CultureInfo.InvariantCulture,
                $"of {count} pictures, {100 * share:0.0} % have the label of their "
                + $"nearest neighbour; by chance it would be {100 * chance:0.0} %"),
            "check that labels and pictures are in the same order");
    }

    private static Finding? Duplicates(DatasetPair data)
    {
        var train = new HashSet<string>(data.Train.Count);
        for (var i = 0; i < data.Train.Count; i++)
        {
            train.Add(Hash(data.Train, i));
        }

        var both = Enumerable.Range(0, data.Test.Count).Count(i => train.Contains(Hash(data.Test, i)));
        return both <= MostDuplicates * data.Test.Count ? null : new Finding(
            "duplicates", "pictures of the test part are in the training part too, so the test accuracy is too good",
            $"{both} of {data.Test.Count} test pictures", "remove them from one of the parts");
    }

    private static string Hash(Dataset set, int index) =>
        Convert.ToHexString(SHA256.HashData(set.Image(index)));
}
