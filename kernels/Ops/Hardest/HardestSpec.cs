namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of choosing the samples with the largest losses. Of equal losses the earlier comes first; one that is not a number
/// counts as infinite, so that it is not passed over.
/// </summary>
/// <param name="Losses">The loss of each candidate.</param>
/// <param name="Rows">Where in the data set's memory each candidate lies.</param>
/// <param name="Samples">The number of each candidate in the data set.</param>
/// <param name="ChosenRows">The rows of those chosen, the largest loss first; overwritten.</param>
/// <param name="ChosenSamples">Their numbers, in the same order; overwritten.</param>
/// <param name="Candidates">How many there are to choose from.</param>
/// <param name="Chosen">How many to choose, at most <paramref name="Candidates"/>.</param>
public readonly record struct HardestCall(
    BufferView<float> Losses,
    BufferView<int> Rows,
    BufferView<int> Samples,
    BufferView<int> ChosenRows,
    BufferView<int> ChosenSamples,
    int Candidates,
    int Chosen) : IOperationCall
{
    /// <summary>Each candidate is compared with each: for the few hundred that there are, no other way is faster.</summary>
    public long Flops => (long)Candidates * Candidates;

    /// <inheritdoc/>
    public Traffic Traffic => new(
        Candidates * (sizeof(float) + (2L * sizeof(int))), Written: 2L * sizeof(int) * Chosen);

    /// <inheritdoc/>
    public string Shape => $"{Chosen} of {Candidates}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = HardestSpec.Name;
        Check.Positive(Name, Chosen);
        if (Chosen > Candidates)
        {
            throw new ArgumentException($"{Name}: Chosen is {Chosen}; it must be at most the {Candidates} candidates.");
        }

        Check.Holds(Name, Losses, Candidates);
        Check.Holds(Name, Rows, Candidates);
        Check.Holds(Name, Samples, Candidates);
        Check.Holds(Name, ChosenRows, Chosen);
        Check.Holds(Name, ChosenSamples, Chosen);
    }
}

/// <summary>The samples that a network gets most wrong.</summary>
public static class HardestSpec
{
    internal const string Name = "hardest";

    /// <summary>The operation and its variants.</summary>
    public static Operation<HardestCall> Operation { get; } = new(
        Name,
        "rank[i] = number of j with loss[j] > loss[i], or equal and j < i; chosen[rank[i]] = i where rank[i] < chosen",
        [
            new("reference", "plain loops", HardestReference.Run),
            new("simd", "sixteen comparisons at a time", HardestSimd.Run),
            new("candidate-per-thread", "one thread counts how many are before one candidate",
                HardestGpu.Run, () => [HardestGpu.Kernel]),
        ]);
}
