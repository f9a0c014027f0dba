namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of binary cross-entropy on a sigmoid output, forward and backward in one pass, computed from the logit:
/// with t in {0, 1}, loss = max(z, 0) - z·t + log(1 + e^-|z|), which neither overflows nor loses digits.
/// </summary>
/// <param name="Logits">The value before the sigmoid, one a row.</param>
/// <param name="Labels">0 or 1 for each row.</param>
/// <param name="DLogits">Gradient of the mean loss: (sigmoid(z) - t)/batch. May be the same view as the logits.</param>
/// <param name="Losses">The loss of each row.</param>
/// <param name="Correct">1 for each row with (z &gt; 0) == (t == 1), else 0.</param>
/// <param name="Batch">Rows.</param>
public readonly record struct BinaryCrossEntropyCall(
    BufferView<float> Logits,
    BufferView<byte> Labels,
    BufferView<float> DLogits,
    BufferView<float> Losses,
    BufferView<float> Correct,
    int Batch) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => 8L * Batch;

    /// <inheritdoc/>
    public Traffic Traffic => new(Batch * (sizeof(float) + 1L), Written: Batch * 3L * sizeof(float));

    /// <inheritdoc/>
    public string Shape => $"{Batch}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = BinaryCrossEntropySpec.Name;
        Check.Positive(Name, Batch);
        Check.Holds(Name, Logits, Batch);
        Check.Holds(Name, Labels, Batch);
        Check.Holds(Name, DLogits, Batch);
        Check.Holds(Name, Losses, Batch);
        Check.Holds(Name, Correct, Batch);
    }
}

/// <summary>Binary cross-entropy, the loss of a yes-or-no network.</summary>
public static class BinaryCrossEntropySpec
{
    internal const string Name = "binary-cross-entropy";

    /// <summary>The operation and its variants.</summary>
    public static Operation<BinaryCrossEntropyCall> Operation { get; } = new(
        Name,
        "loss[i] = -t·log s - (1-t)·log(1-s), s = sigmoid(z[i]); dz = (s - t)/batch",
        [
            new("reference", "plain loops", BinaryCrossEntropyReference.Run),
            new("simd", "sixteen rows at a time", BinaryCrossEntropySimd.Run),
            new("row-per-thread", "one thread a row", BinaryCrossEntropyGpu.Run, () => [BinaryCrossEntropyGpu.Kernel]),
        ]);
}
