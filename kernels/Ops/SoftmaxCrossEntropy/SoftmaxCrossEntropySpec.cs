namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of softmax and cross-entropy, forward and backward in one pass. With label smoothing s the target of a row is
/// t[j] = s/classes, plus 1 - s at its label (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7).
/// With class weights a row's loss and gradient are multiplied by the weight of its label; the mean still divides by the batch.
/// </summary>
/// <param name="Logits">Scores, batch x classes.</param>
/// <param name="Labels">The right class of each row, below <paramref name="Classes"/>.</param>
/// <param name="DLogits">Gradient of the mean loss, batch x classes: (softmax - t)/batch. May be the same view as the
/// logits.</param>
/// <param name="Losses">The loss of each row.</param>
/// <param name="Correct">1 for each row whose first largest score stands at its label, else 0.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Classes">Columns, 2 to 256.</param>
/// <param name="LabelSmoothing">The s above, in [0, 1).</param>
/// <param name="ClassWeights">One weight a class; left out, each is 1.</param>
public readonly record struct SoftmaxCrossEntropyCall(
    BufferView<float> Logits,
    BufferView<byte> Labels,
    BufferView<float> DLogits,
    BufferView<float> Losses,
    BufferView<float> Correct,
    int Batch,
    int Classes,
    float LabelSmoothing = 0f,
    BufferView<float> ClassWeights = default) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => 6L * Batch * Classes;

    /// <inheritdoc/>
    public Traffic Traffic => new(
        Batch * ((sizeof(float) * (long)Classes) + 1), Written: Batch * sizeof(float) * (Classes + 2L));

    /// <inheritdoc/>
    public string Shape => $"{Batch}x{Classes}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = SoftmaxCrossEntropySpec.Name;
        Check.Positive(Name, Batch);
        if (Classes is < 2 or > 256)
        {
            throw new ArgumentException($"{Name}: Classes is {Classes}; it must be 2 to 256.");
        }

        Check.InUnit(Name, LabelSmoothing);
        Check.Holds(Name, Logits, (long)Batch * Classes);
        Check.Holds(Name, Labels, Batch);
        Check.Holds(Name, DLogits, (long)Batch * Classes);
        Check.Holds(Name, Losses, Batch);
        Check.Holds(Name, Correct, Batch);
        if (!ClassWeights.IsEmpty)
        {
            Check.Holds(Name, ClassWeights, Classes);
        }
    }
}

/// <summary>Softmax cross-entropy, the loss of a classifier. The maximum of each row is subtracted first.</summary>
public static class SoftmaxCrossEntropySpec
{
    internal const string Name = "softmax-cross-entropy";

    private static readonly Variant<SoftmaxCrossEntropyCall> RowPerThread = new(
        "row-per-thread", "one thread a row",
        SoftmaxCrossEntropyGpu.RunRowPerThread, () => [SoftmaxCrossEntropyGpu.RowPerThread]);

    private static readonly Variant<SoftmaxCrossEntropyCall> RowPerGroup = new(
        "row-per-group", "one group a row, joined through shared memory",
        SoftmaxCrossEntropyGpu.RunRowPerGroup, () => [SoftmaxCrossEntropyGpu.RowPerGroup]);

    /// <summary>The operation and its variants.</summary>
    public static Operation<SoftmaxCrossEntropyCall> Operation { get; } = new(
        Name,
        "loss[i] = -w[label]·sum over j of t[i,j]·log softmax(z[i])[j]; dz = w[label]·(softmax(z) - t)/batch",
        [
            new("reference", "plain loops", SoftmaxCrossEntropyReference.Run),
            new("simd", "sixteen rows at a time, one to a lane", SoftmaxCrossEntropySimd.Run),
            RowPerThread,
            RowPerGroup,
        ],
        (backend, call) =>
            backend.RunsThreadsInTurn || call.Classes <= SoftmaxCrossEntropyGpu.ShortRow ? RowPerThread : RowPerGroup);
}
