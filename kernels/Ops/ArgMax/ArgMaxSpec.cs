namespace ScratchNet.Kernels;

/// <summary>Arguments of the index of the first largest value in each row.</summary>
/// <param name="Scores">batch x classes.</param>
/// <param name="Predictions">One index a row; overwritten.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Classes">Columns, 1 to 256. With one column the answer is 1 where the score is above 0, else 0.</param>
public readonly record struct ArgMaxCall(
    BufferView<float> Scores, BufferView<byte> Predictions, int Batch, int Classes) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => (long)Batch * Classes;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Batch * Classes, Written: Batch);

    /// <inheritdoc/>
    public string Shape => $"{Batch}x{Classes}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = ArgMaxSpec.Name;
        Check.Positive(Name, Batch);
        if (Classes is < 1 or > 256)
        {
            throw new ArgumentException($"{Name}: Classes is {Classes}; it must be 1 to 256.");
        }

        Check.Holds(Name, Scores, (long)Batch * Classes);
        Check.Holds(Name, Predictions, Batch);
    }
}

/// <summary>Predictions from scores.</summary>
public static class ArgMaxSpec
{
    internal const string Name = "argmax";

    /// <summary>The operation and its variants.</summary>
    public static Operation<ArgMaxCall> Operation { get; } = new(
        Name,
        "p[i] = first j with the largest z[i,j]; for one column, z[i] > 0",
        [
            new("reference", "plain loops", ArgMaxReference.Run),
            new("simd", "sixteen rows at a time, one to a lane", ArgMaxSimd.Run),
            new("row-per-thread", "one thread a row", ArgMaxGpu.Run, () => [ArgMaxGpu.Kernel]),
        ]);
}
