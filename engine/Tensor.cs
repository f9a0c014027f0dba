using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// A matrix of float32 that lives on a backend, row-major and contiguous: element (row, column) stands at
/// <c>row * Columns + column</c>. A tensor looks into a buffer that a network (or the caller) owns and disposes.
/// </summary>
/// <param name="View">The memory: <c>Rows * Columns</c> values.</param>
/// <param name="Rows">Rows; the batch, for activations.</param>
/// <param name="Columns">Columns; the features, for activations.</param>
public readonly record struct Tensor(BufferView<float> View, int Rows, int Columns)
{
    /// <summary>Number of elements.</summary>
    public int Count => Rows * Columns;

    /// <summary>The shape in words, such as <c>64x784</c>.</summary>
    public string Shape => $"{Rows}x{Columns}";

    /// <summary>
    /// Allocates a tensor of zeros with a buffer of its own, which the caller disposes through <c>View.Buffer</c>.
    /// </summary>
    /// <param name="backend">Where it lives.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <exception cref="ShapeException">The sizes are not positive, or their product does not fit 32 bits.</exception>
    public static Tensor Allocate(Backend backend, int rows, int columns)
    {
        if (rows < 1 || columns < 1 || (long)rows * columns > Array.MaxLength)
        {
            throw new ShapeException($"A tensor of {rows}x{columns} cannot be made: both sizes must be at least 1 and "
                + $"their product at most {Array.MaxLength:N0}.");
        }

        return new Tensor(backend.Allocate<float>(rows * columns).View, rows, columns);
    }

    /// <summary>The first rows of this tensor: how a smaller last batch uses buffers planned for a full one.</summary>
    /// <param name="rows">How many, 1 to <see cref="Rows"/>.</param>
    /// <exception cref="ShapeException">There are not that many rows.</exception>
    public Tensor FirstRows(int rows) => rows == Rows
        ? this
        : rows >= 1 && rows < Rows
            ? new Tensor(View.Slice(0, rows * Columns), rows, Columns)
            : throw new ShapeException($"{rows} rows were asked of a tensor of {Shape}.");

    /// <summary>Uploads values to the device, row by row.</summary>
    /// <param name="values">Exactly <see cref="Count"/> values.</param>
    /// <exception cref="ShapeException">There are more or fewer values than elements.</exception>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        if (values.Length != Count)
        {
            throw new ShapeException($"{values.Length} values were given for a tensor of {Shape}, which holds {Count}.");
        }

        View.CopyFrom(values);
    }

    /// <summary>Downloads the values, row by row.</summary>
    public float[] ToArray() => View.ToArray();
}
