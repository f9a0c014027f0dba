namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of adding a batch's losses and hits to totals that stay on the device until somebody asks for them.
/// </summary>
/// <param name="Losses">The loss of each row.</param>
/// <param name="Correct">1 for each row that was right, else 0.</param>
/// <param name="Totals">
/// Four values: the sum of losses, its rounding error (Neumaier's compensated sum, ZAMM 54, 1974), the number of hits (exact up
/// to 2^24), and the first step with which the sum would not be finite (0 while there is none): a loss was not, or float32 ended.
/// Once that step is set, the sums are left as they are.
/// </param>
/// <param name="Batch">Rows.</param>
/// <param name="Step">Which step this is, from 1; steps up to 2^24 are told apart.</param>
public readonly record struct MetricsCall(
    BufferView<float> Losses,
    BufferView<float> Correct,
    BufferView<float> Totals,
    int Batch,
    int Step) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => 5L * Batch;

    /// <inheritdoc/>
    public Traffic Traffic => new(2L * sizeof(float) * Batch);

    /// <inheritdoc/>
    public string Shape => $"{Batch}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = MetricsSpec.Name;
        Check.Positive(Name, Batch);
        Check.Positive(Name, Step);
        Check.Holds(Name, Losses, Batch);
        Check.Holds(Name, Correct, Batch);
        Check.Holds(Name, Totals, MetricsSpec.TotalsLength);
    }
}

/// <summary>Loss and accuracy, accumulated on the device.</summary>
public static class MetricsSpec
{
    /// <summary>Number of values in the totals.</summary>
    public const int TotalsLength = 4;

    internal const string Name = "metrics";

    /// <summary>The operation and its variants.</summary>
    public static Operation<MetricsCall> Operation { get; } = new(
        Name,
        "loss += sum over i of loss[i]; hits += sum over i of correct[i]",
        [
            new("reference", "plain loops", MetricsReference.Run),
            new("simd", "double-precision lanes, one compensated step a batch", MetricsSimd.Run),
            new("one-group", "one group sums the batch", MetricsGpu.Run, () => [MetricsGpu.Kernel]),
        ]);
}
