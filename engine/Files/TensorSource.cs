using ScratchNet.Kernels;

namespace ScratchNet.Engine.Files;

/// <summary>A tensor that is to be written: it is read where it lives when its turn comes, and takes no second memory.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Sizes from the outermost dimension to the innermost.</param>
/// <param name="Read">Shows its values to a reader, row-major, perhaps piece after piece.</param>
public sealed record TensorSource(string Name, int[] Shape, Action<ValueReader<float>> Read)
{
    /// <summary>A tensor that lives on a backend.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">Its sizes; their product is the view's length.</param>
    /// <param name="view">Its values.</param>
    public static TensorSource Of(string name, int[] shape, BufferView<float> view) => new(name, shape, view.Read);

    /// <summary>A tensor in host memory.</summary>
    /// <param name="tensor">The tensor.</param>
    public static TensorSource Of(StoredTensor tensor) => new(tensor.Name, tensor.Shape, reader => reader(tensor.Values));

    /// <summary>Number of values.</summary>
    internal long Count => Shape.Aggregate(1L, (count, size) => checked(count * size));
}
