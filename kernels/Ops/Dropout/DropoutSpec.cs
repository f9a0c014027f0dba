namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of inverted dropout: element i is kept with probability 1 - rate and then divided by it
/// (Srivastava et al., "Dropout", JMLR 15, 2014, section 10). Element i uses word i % 4 of
/// <see cref="Philox.At"/>(seed, Dropout, layer, step, i / 4) and is dropped when that word is below rate·2^32.
/// </summary>
/// <param name="X">Inputs.</param>
/// <param name="Y">Outputs, x·mask; may be the same view as <paramref name="X"/>.</param>
/// <param name="Mask">0 for a dropped element, 1/(1 - rate) for a kept one; kept for the backward pass.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Rate">Probability of dropping, in [0, 1).</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Layer">Which layer of the network: every layer has masks of its own.</param>
/// <param name="Step">Which training step.</param>
public readonly record struct DropoutForwardCall(
    BufferView<float> X,
    BufferView<float> Y,
    BufferView<float> Mask,
    int Count,
    float Rate,
    ulong Seed,
    int Layer,
    uint Step) : IOperationCall
{
    /// <summary>Random words below this drop their element.</summary>
    public uint Threshold => ThresholdOf(Rate);

    /// <summary>What a kept element is multiplied by.</summary>
    public float KeptScale => 1f / (1f - Rate);

    /// <inheritdoc/>
    public long Flops => Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Count, Written: 2L * sizeof(float) * Count);

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <summary>The number that random words are compared with.</summary>
    /// <param name="rate">Probability of dropping, in [0, 1).</param>
    public static uint ThresholdOf(float rate) => (uint)(rate * 4294967296.0);

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(DropoutSpec.ForwardName, Count);
        Check.InUnit(DropoutSpec.ForwardName, Rate);
        Check.Holds(DropoutSpec.ForwardName, X, Count);
        Check.Holds(DropoutSpec.ForwardName, Y, Count);
        Check.Holds(DropoutSpec.ForwardName, Mask, Count);
    }
}

/// <summary>Arguments of dropout's backward pass, <c>dx = dy·mask</c>.</summary>
/// <param name="Dy">Gradient with respect to the outputs.</param>
/// <param name="Mask">The mask of the forward pass.</param>
/// <param name="Dx">Gradient with respect to the inputs; may be the same view as <paramref name="Dy"/>.</param>
/// <param name="Count">Number of elements.</param>
public readonly record struct DropoutBackwardCall(
    BufferView<float> Dy, BufferView<float> Mask, BufferView<float> Dx, int Count) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(2L * sizeof(float) * Count, Written: sizeof(float) * (long)Count);

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(DropoutSpec.BackwardName, Count);
        Check.Holds(DropoutSpec.BackwardName, Dy, Count);
        Check.Holds(DropoutSpec.BackwardName, Mask, Count);
        Check.Holds(DropoutSpec.BackwardName, Dx, Count);
    }
}

/// <summary>Dropout, forward and backward.</summary>
public static class DropoutSpec
{
    internal const string ForwardName = "dropout";
    internal const string BackwardName = "dropout-backward";

    /// <summary>The forward operation and its variants.</summary>
    public static Operation<DropoutForwardCall> Forward { get; } = new(
        ForwardName,
        "mask[i] = r[i] < rate ? 0 : 1/(1-rate); y[i] = x[i]·mask[i]",
        [
            new("reference", "plain loops", DropoutReference.RunForward),
            new("simd", "eight counters of the generator at a time", DropoutSimd.RunForward),
            new("quad-per-thread", "one thread for the four words of a counter", DropoutGpu.RunForward,
                () => [DropoutGpu.ForwardKernel]),
        ]);

    /// <summary>The backward operation and its variants.</summary>
    public static Operation<DropoutBackwardCall> Backward { get; } = new(
        BackwardName,
        "dx[i] = dy[i]·mask[i]",
        [
            new("reference", "plain loops", DropoutReference.RunBackward),
            new("simd", "vector instructions, threads over chunks", DropoutSimd.RunBackward),
            new("element-per-thread", "one thread an element", DropoutGpu.RunBackward, () => [DropoutGpu.BackwardKernel]),
        ]);
}
