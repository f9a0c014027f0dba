namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of the sum over the rows of a matrix: the gradient of a bias. Behind an activation, x is first taken back through
/// it, as <see cref="ActivationBackwardCall"/> does, in the same pass.
/// </summary>
/// <param name="X">rows x columns; with an activation, the gradient dy, which becomes dy·f'.</param>
/// <param name="Sums">One value a column; overwritten.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Y">Outputs of the activation, rows x columns; a default view when there is none.</param>
/// <param name="Activation">The function f.</param>
public readonly record struct ColumnSumsCall(
    BufferView<float> X, BufferView<float> Sums, int Rows, int Columns,
    BufferView<float> Y = default, Activation Activation = Activation.None) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => Count + (HasActivation ? Gradient.Flops : 0);

    /// <inheritdoc/>
    public Traffic Traffic => new(
        sizeof(float) * Count,
        Written: sizeof(float) * (long)Columns, Updated: HasActivation ? sizeof(float) * Count : 0);

    /// <summary>Whether x is taken back through an activation first.</summary>
    internal bool HasActivation => Activation != Activation.None;

    /// <summary>That part as an operation of its own.</summary>
    internal ActivationBackwardCall Gradient => new(Y, X, X, (int)Count, Activation);

    private long Count => (long)Rows * Columns;

    /// <inheritdoc/>
    public string Shape => $"{Rows}x{Columns}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(ColumnSumsSpec.Name, Rows);
        Check.Positive(ColumnSumsSpec.Name, Columns);
        Check.Holds(ColumnSumsSpec.Name, X, (long)Rows * Columns);
        Check.Holds(ColumnSumsSpec.Name, Sums, Columns);
        if (HasActivation)
        {
            Check.Holds(ColumnSumsSpec.Name, Y, Count);
        }
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
        "s[j] = sum over i of x[i,j], or of x[i,j]·f'(y[i,j])",
        [
            new("reference", "plain loops", ColumnSumsReference.Run),
            new("simd", "bands of rows summed by threads, eight rows at a time", ColumnSumsSimd.Run),
            ColumnPerThread,
            Tree,
        ],
        (backend, _) => backend.RunsThreadsInTurn ? ColumnPerThread : Tree);
}
