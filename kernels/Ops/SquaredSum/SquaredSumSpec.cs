namespace ScratchNet.Kernels;

/// <summary>Arguments of the sum of squares of many values: the square of their Euclidean norm.</summary>
/// <param name="X">The values.</param>
/// <param name="Sum">One value; overwritten.</param>
/// <param name="Count">Number of values.</param>
public readonly record struct SquaredSumCall(BufferView<float> X, BufferView<float> Sum, int Count) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => 2L * Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Count, Written: sizeof(float));

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(SquaredSumSpec.Name, Count);
        Check.Holds(SquaredSumSpec.Name, X, Count);
        Check.Holds(SquaredSumSpec.Name, Sum, 1);
    }
}

/// <summary>The sum of squares, for the norm of all gradients together.</summary>
public static class SquaredSumSpec
{
    internal const string Name = "squared-sum";

    /// <summary>The operation and its variants.</summary>
    public static Operation<SquaredSumCall> Operation { get; } = new(
        Name,
        "s = sum over i of x[i]²",
        [
            new("reference", "plain loops", SquaredSumReference.Run),
            new("simd", "double-precision lanes, threads over pieces", SquaredSumSimd.Run),
            new("two-levels", "groups sum shares, one group sums the groups'", SquaredSumGpu.Run,
                () => [SquaredSumGpu.Squares, SquaredSumGpu.Total]),
        ]);
}
