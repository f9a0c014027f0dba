namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of one step of an exponential moving average, <c>a = a + share·(w - a)</c>: what is left of older values shrinks
/// by 1 - share.
/// </summary>
/// <param name="W">The newest values.</param>
/// <param name="Average">The average a; updated.</param>
/// <param name="Count">Number of values.</param>
/// <param name="NewShare">How much of the newest values goes in, in (0, 1].</param>
public readonly record struct MovingAverageCall(
    BufferView<float> W, BufferView<float> Average, int Count, float NewShare) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => 3L * Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Count, Updated: sizeof(float) * (long)Count);

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(MovingAverageSpec.Name, Count);
        Check.InRange(MovingAverageSpec.Name, NewShare, float.Epsilon, 1f);
        Check.Holds(MovingAverageSpec.Name, W, Count);
        Check.Holds(MovingAverageSpec.Name, Average, Count);
    }
}

/// <summary>The moving average of weights over the steps of a training.</summary>
public static class MovingAverageSpec
{
    internal const string Name = "moving-average";

    /// <summary>The operation and its variants.</summary>
    public static Operation<MovingAverageCall> Operation { get; } = new(
        Name,
        "a[i] = a[i] + share·(w[i] - a[i])",
        [
            new("reference", "plain loops", MovingAverageReference.Run),
            new("simd", "one pass, sixteen values at a time", MovingAverageSimd.Run),
            new("element-per-thread", "one thread a value", MovingAverageGpu.Run, () => [MovingAverageGpu.Kernel]),
        ]);
}
