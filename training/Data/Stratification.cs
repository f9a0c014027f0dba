namespace ScratchNet.Training.Data;

/// <summary>Chooses examples so that every class keeps its share.</summary>
internal static class Stratification
{
    /// <summary>
    /// Chooses <paramref name="count"/> of the examples at random, from each class its share rounded up or down. Both answers
    /// are in ascending order.
    /// </summary>
    public static (int[] Chosen, int[] Left) Choose(ReadOnlySpan<byte> labels, int classes, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, labels.Length);
        var order = new int[labels.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        new StableRandom(seed).Shuffle(order);
        var quotas = Quotas(labels, classes, count);
        var chosen = new List<int>(count);
        var left = new List<int>(labels.Length - count);
        foreach (var index in order)
        {
            (quotas[labels[index]]-- > 0 ? chosen : left).Add(index);
        }

        chosen.Sort();
        left.Sort();
        return ([.. chosen], [.. left]);
    }

    /// <summary>
    /// Examples to take from each class: the share rounded down, and one more for the classes with the largest remainders
    /// until the sum is right (Hamilton's method of apportionment; the lower class first when remainders are equal).
    /// Remainders are compared as integers, so rounding never decides.
    /// </summary>
    private static int[] Quotas(ReadOnlySpan<byte> labels, int classes, int count)
    {
        var sizes = new long[classes];
        foreach (var label in labels)
        {
            sizes[label]++;
        }

        var total = labels.Length;
        var quotas = Array.ConvertAll(sizes, size => (int)(size * count / total));
        var missing = count - quotas.Sum();
        foreach (var c in Enumerable.Range(0, classes).OrderByDescending(c => sizes[c] * count % total).Take(missing))
        {
            quotas[c]++;
        }

        return quotas;
    }
}
