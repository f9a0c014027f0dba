namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of clipping gradients by their global norm: g = g·min(1, limit/|g|), where |g|² comes from
/// <see cref="SquaredSumSpec"/> and stays on the device (Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent
/// neural networks", ICML 2013, algorithm 1). Gradients that are not finite stay so, or become NaN, and all become NaN where the
/// sum of their squares is beyond float32 (a norm above 1.8e19): clipping hides no breakdown.
/// </summary>
/// <param name="G">Gradients; updated.</param>
/// <param name="SquaredSum">One value: the sum of their squares.</param>
/// <param name="Count">Number of gradients.</param>
/// <param name="Limit">The largest norm that is let through, above 0.</param>
public readonly record struct ClipNormCall(
    BufferView<float> G, BufferView<float> SquaredSum, int Count, float Limit) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float), Updated: sizeof(float) * (long)Count);

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(ClipNormSpec.Name, Count);
        Check.InRange(ClipNormSpec.Name, Limit, float.Epsilon, float.MaxValue);
        Check.Holds(ClipNormSpec.Name, G, Count);
        Check.Holds(ClipNormSpec.Name, SquaredSum, 1);
    }
}

/// <summary>Gradient clipping by the global norm.</summary>
public static class ClipNormSpec
{
    internal const string Name = "clip-norm";

    /// <summary>The operation and its variants.</summary>
    public static Operation<ClipNormCall> Operation { get; } = new(
        Name,
        "g[i] = g[i]·min(1, limit/sqrt(s))",
        [
            new("reference", "plain loops", ClipNormReference.Run),
            new("simd", "sixteen gradients at a time, nothing when the norm is small enough", ClipNormSimd.Run),
            new("element-per-thread", "one thread a gradient", ClipNormGpu.Run, () => [ClipNormGpu.Kernel]),
        ]);
}
