using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>A matrix or vector that training changes, and the gradient that tells how.</summary>
public sealed class Parameter
{
    internal Parameter(string name, int rows, int columns, Initializer initializer, bool isBias)
    {
        if ((long)rows * columns > Array.MaxLength)
        {
            throw new ShapeException($"{name} of {rows}x{columns} would have more than {Array.MaxLength:N0} values.");
        }

        Name = name;
        Rows = rows;
        Columns = columns;
        Initializer = initializer;
        IsBias = isBias;
    }

    /// <summary>Its name in the network and in model files, such as <c>layers.0.weights</c>.</summary>
    public string Name { get; internal set; }

    /// <summary>Rows: the inputs of a weight matrix, 1 for a bias.</summary>
    public int Rows { get; }

    /// <summary>Columns: the outputs.</summary>
    public int Columns { get; }

    /// <summary>Number of values.</summary>
    public int Count => Rows * Columns;

    /// <summary>Whether this is a bias: one row, and left alone by weight decay.</summary>
    public bool IsBias { get; }

    /// <summary>How the values begin.</summary>
    public Initializer Initializer { get; }

    /// <summary>The values, rows x columns.</summary>
    public Tensor Values { get; private set; }

    /// <summary>The gradient of the loss with respect to them, of the same shape; what the last backward pass left.</summary>
    public Tensor Gradients { get; private set; }

    internal void Initialize(Span<float> values, ulong seed, int stream) =>
        Initializer.Fill(values, Rows, Columns, seed, stream);

    internal void Bind(BufferView<float> values, BufferView<float> gradients)
    {
        Values = new Tensor(values, Rows, Columns);
        Gradients = new Tensor(gradients, Rows, Columns);
    }
}
