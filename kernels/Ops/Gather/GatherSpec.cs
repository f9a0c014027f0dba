namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of gathering a batch from a data set of bytes that lives on the device: x[i,j] = scale·image[index[i], j] + shift,
/// label[i] = labels[index[i]].
/// </summary>
/// <param name="Images">The whole data set, samples x features.</param>
/// <param name="Labels">The whole data set's labels.</param>
/// <param name="Indices">Which sample each row of the batch takes.</param>
/// <param name="X">The batch, batch x features; overwritten.</param>
/// <param name="BatchLabels">The batch's labels; overwritten.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Features">Columns.</param>
/// <param name="Scale">Multiplies each byte.</param>
/// <param name="Shift">Added afterwards.</param>
public readonly record struct GatherCall(
    BufferView<byte> Images,
    BufferView<byte> Labels,
    BufferView<int> Indices,
    BufferView<float> X,
    BufferView<byte> BatchLabels,
    int Batch,
    int Features,
    float Scale,
    float Shift) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => 2L * Batch * Features;

    /// <inheritdoc/>
    public Traffic Traffic => new(
        Batch * (Features + sizeof(int) + 1L), Written: Batch * ((Features * (long)sizeof(float)) + 1));

    /// <inheritdoc/>
    public string Shape => $"{Batch}x{Features}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = GatherSpec.Name;
        Check.Positive(Name, Batch);
        Check.Positive(Name, Features);
        Check.Holds(Name, Images, Features);
        Check.Holds(Name, Labels, Images.Length / Features);
        Check.Holds(Name, Indices, Batch);
        Check.Holds(Name, X, (long)Batch * Features);
        Check.Holds(Name, BatchLabels, Batch);
    }
}

/// <summary>Gathering a batch.</summary>
public static class GatherSpec
{
    internal const string Name = "gather";

    /// <summary>The operation and its variants.</summary>
    public static Operation<GatherCall> Operation { get; } = new(
        Name,
        "x[i,j] = scale·image[index[i],j] + shift",
        [
            new("reference", "plain loops", GatherReference.Run),
            new("simd", "64 bytes widened at a time", GatherSimd.Run),
            new("row-per-group", "one group a row", GatherGpu.Run, () => [GatherGpu.Kernel]),
        ]);
}
