namespace ScratchNet.Kernels;

/// <summary>Arguments of the sum over the rows of a matrix: the gradient of a bias.</summary>
/// <param name="X">rows x columns.</param>
/// <param name="Sums">One value a column; overwritten.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
public readonly record struct ColumnSumsCall(
    BufferView<float> X, BufferView<float> Sums, int Rows, int Columns) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => (long)Rows * Columns;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Rows * Columns, Written: sizeof(float) * (long)Columns);

    /// <inheritdoc/>
    public string Shape => $"{Rows}x{Columns}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(ColumnSumsSpec.Name, Rows);
        Check.Positive(ColumnSumsSpec.Name, Columns);
        Check.Holds(ColumnSumsSpec.Name, X, (long)Rows * Columns);
        Check.Holds(ColumnSumsSpec.Name, Sums, Columns);
    }
}

/// <summary>Column sums.</summary>
public static class ColumnSumsSpec
{
    internal const string Name = "column-sums";

    private static readonly Variant<ColumnSumsCall> ColumnPerThread = new(
        "column-per-thread", "one thread a column", ColumnSumsGpu.RunColumnPerThread, () => [ColumnSumsGpu.ColumnPerThread]);

    private static readonly Variant<ColumnSumsCall> Tree = new(
        "tree", "several threads a column, joined through shared memory", ColumnSumsGpu.RunTree, () => [ColumnSumsGpu.Tree]);

    /// <summary>The operation and its variants.</summary>
    public static Operation<ColumnSumsCall> Operation { get; } = new(
        Name,
        "s[j] = sum over i of x[i,j]",
        [
            new("reference", "plain loops", ColumnSumsReference.Run),
            new("simd", "bands of rows summed by threads, eight rows at a time", ColumnSumsSimd.Run),
            ColumnPerThread,
            Tree,
        ],
        (backend, _) => backend is GpuBackend gpu ? (gpu.RunsThreadsInTurn ? ColumnPerThread : Tree) : null);
}
