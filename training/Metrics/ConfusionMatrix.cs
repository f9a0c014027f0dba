namespace ScratchNet.Training.Metrics;

/// <summary>How often each class was taken for each other: rows are the true classes, columns the predicted ones.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Classes = classes;
        _counts = new long[classes * classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Examples counted.</summary>
    public long Total { get; private set; }

    /// <summary>Examples whose class was predicted rightly: the sum of the diagonal.</summary>
    public long Correct { get; private set; }

    /// <summary>Correct / total; NaN while nothing was counted.</summary>
    public double Accuracy => (double)Correct / Total;

    /// <summary>How many examples of a class were predicted to be of another or the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long this[int actual, int predicted] => _counts[Index(actual, predicted)];

    /// <summary>Counts one example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(int actual, int predicted)
    {
        _counts[Index(actual, predicted)]++;
        Total++;
        Correct += actual == predicted ? 1 : 0;
    }

    /// <summary>Counts many examples.</summary>
    /// <param name="actual">(count) true classes.</param>
    /// <param name="predicted">(count) predicted classes.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> predicted)
    {
        if (actual.Length != predicted.Length)
        {
            throw new ArgumentException($"{predicted.Length} predictions for {actual.Length} examples.");
        }

        for (var i = 0; i < actual.Length; i++)
        {
            Add(actual[i], predicted[i]);
        }
    }

    /// <summary>Examples of a true class: the sum of its row.</summary>
    public long ActualCount(int actual)
    {
        long count = 0;
        for (var predicted = 0; predicted < Classes; predicted++)
        {
            count += this[actual, predicted];
        }

        return count;
    }

    /// <summary>Examples predicted to be of a class: the sum of its column.</summary>
    public long PredictedCount(int predicted)
    {
        long count = 0;
        for (var actual = 0; actual < Classes; actual++)
        {
            count += this[actual, predicted];
        }

        return count;
    }

    private int Index(int actual, int predicted)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)actual, (uint)Classes, nameof(actual));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)Classes, nameof(predicted));
        return actual * Classes + predicted;
    }
}
