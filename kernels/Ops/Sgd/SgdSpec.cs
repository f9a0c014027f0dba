namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of one step of stochastic gradient descent with momentum, as PyTorch defines it:
/// g' = g + decay·w; u = momentum·u + g'; w = w - rate·u, or w - rate·(g' + momentum·u) with Nesterov's look-ahead
/// (Sutskever et al., "On the importance of initialization and momentum", ICML 2013, section 2).
/// </summary>
/// <param name="W">Parameters; updated.</param>
/// <param name="G">Their gradients.</param>
/// <param name="Velocity">The momentum u; updated. May be left out when <paramref name="Momentum"/> is 0.</param>
/// <param name="Count">Number of parameters.</param>
/// <param name="LearningRate">The rate.</param>
/// <param name="Momentum">Share of the velocity that is kept, in [0, 1).</param>
/// <param name="WeightDecay">L2 decay.</param>
/// <param name="Nesterov">Whether to look ahead.</param>
public readonly record struct SgdCall(
    BufferView<float> W,
    BufferView<float> G,
    BufferView<float> Velocity,
    int Count,
    float LearningRate,
    float Momentum = 0f,
    float WeightDecay = 0f,
    bool Nesterov = false) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => (Momentum == 0f ? 4L : 6L) * Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Count, Updated: sizeof(float) * (Momentum == 0f ? 1L : 2L) * Count);

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(SgdSpec.Name, Count);
        Check.InUnit(SgdSpec.Name, Momentum);
        Check.Holds(SgdSpec.Name, W, Count);
        Check.Holds(SgdSpec.Name, G, Count);
        if (Momentum != 0f)
        {
            Check.Holds(SgdSpec.Name, Velocity, Count);
        }
    }
}

/// <summary>Stochastic gradient descent, one fused pass over parameters, gradients and velocity.</summary>
public static class SgdSpec
{
    internal const string Name = "sgd";

    /// <summary>The operation and its variants.</summary>
    public static Operation<SgdCall> Operation { get; } = new(
        Name,
        "u = momentum·u + g + decay·w; w = w - rate·u",
        [
            new("reference", "plain loops", SgdReference.Run),
            new("simd", "one fused pass, sixteen parameters at a time", SgdSimd.Run),
            new("element-per-thread", "one thread a parameter", SgdGpu.Run, () => [SgdGpu.Kernel]),
        ]);
}
