namespace ScratchNet.Training.Data;

/// <summary>A data set's training part and the test part that is held back from it.</summary>
/// <param name="Train">What networks learn from; validation parts are split off this one.</param>
/// <param name="Test">What the finished network is measured on, once.</param>
public sealed record DatasetPair(Dataset Train, Dataset Test)
{
    // MNIST's own share.
    private const double TestShare = 1.0 / 7;

    /// <summary>Splits off a test part where there is none: a seventh, with every class keeping its proportion.</summary>
    /// <param name="all">The whole set.</param>
    /// <param name="seed">Chooses the test part.</param>
    /// <exception cref="DataException">There are too few pictures.</exception>
    public static DatasetPair Split(Dataset all, ulong seed)
    {
        if (!all.CanSplit(TestShare))
        {
            throw new DataException(
                $"{all.Name}: {all.Count} pictures are too few: a seventh of them, held back to test, is none; add some");
        }

        var (train, test) = all.StratifiedSplit(TestShare, seed);
        return new DatasetPair(train, test);
    }
}
