namespace ScratchNet.Kernels.Bench;

/// <summary>A size to measure at. Operations on rows use m and n, those on elements m alone.</summary>
/// <param name="M">Rows, or elements.</param>
/// <param name="N">Columns.</param>
/// <param name="K">Length of the sums of a product.</param>
/// <param name="TransposeA">Whether a product's left factor is stored transposed.</param>
/// <param name="TransposeB">Whether its right factor is.</param>
/// <param name="Batch">The batch size, for a layer's shapes.</param>
/// <param name="Detail">What else tells it from others: the activation, or which layer's product it is.</param>
/// <param name="Epilogue">Whether bias and ReLU follow a product.</param>
internal sealed record BenchShape(
    int M, int N = 1, int K = 1, bool TransposeA = false, bool TransposeB = false, int? Batch = null, string Detail = "",
    bool Epilogue = false)
{
    /// <summary>Which matrices are stored transposed, in BLAS's letters.</summary>
    public string Transpose => (TransposeA ? "t" : "n") + (TransposeB ? "t" : "n");

    /// <summary>
    /// The products of one training step of a network: for each layer forward y = f(x·w + b), dw = xᵀ·dy and, but for the first
    /// layer, dx = dy·wᵀ.
    /// </summary>
    /// <param name="layers">Features before the first layer and after each.</param>
    /// <param name="batch">Samples in a step.</param>
    public static IReadOnlyList<BenchShape> OfNetwork(IReadOnlyList<int> layers, int batch)
    {
        var shapes = new List<BenchShape>();
        for (var i = 0; i + 1 < layers.Count; i++)
        {
            var (inputs, outputs, layer) = (layers[i], layers[i + 1], $"layer {i + 1}");
            shapes.Add(new(batch, outputs, inputs, Batch: batch, Detail: $"{layer} forward", Epilogue: i + 2 < layers.Count));
            shapes.Add(new(inputs, outputs, batch, TransposeA: true, Batch: batch, Detail: $"{layer} dw"));
            if (i > 0)
            {
                shapes.Add(new(batch, inputs, outputs, TransposeB: true, Batch: batch, Detail: $"{layer} dx"));
            }
        }

        return shapes;
    }
}
