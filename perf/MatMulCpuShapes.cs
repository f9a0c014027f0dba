namespace ScratchNet.Perf;

/// <summary>A product to measure.</summary>
/// <param name="Group">The group that it is summed up with.</param>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="TransposeA">Whether a is stored transposed.</param>
/// <param name="TransposeB">Whether b is stored transposed.</param>
/// <param name="Batch">The batch size of a layer's product; null for a square.</param>
/// <param name="Epilogue">Whether bias and ReLU follow.</param>
internal sealed record MatMulShape(
    string Group, int M, int N, int K, bool TransposeA = false, bool TransposeB = false, int? Batch = null, bool Epilogue = false)
{
    /// <summary>Which matrices are stored transposed, in BLAS's letters.</summary>
    public string Transpose => (TransposeA ? "t" : "n") + (TransposeB ? "t" : "n");
}

/// <summary>The products that a comparison of CPU kernels should show.</summary>
internal static class MatMulCpuShapes
{
    private static readonly int[] Squares = [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048];

    private static readonly int[][] Networks =
    [
        [784, 128, 10],
        [784, 512, 512, 10],
        [784, 1000, 500, 10],
        [784, 2500, 2000, 1500, 1000, 500, 10],
    ];

    /// <summary>The batch sizes of the layers' products.</summary>
    public static int[] Batches { get; } = [1, 16, 64, 128, 256, 1024];

    /// <summary>All of them: squares, then the products of each layer, then those with bias and ReLU.</summary>
    public static IEnumerable<MatMulShape> All() =>
        [.. Squares.Select(size => new MatMulShape("squares", size, size, size)), .. Layers(), .. Epilogues()];

    private static IEnumerable<MatMulShape> Layers() =>
        from batch in Batches
        from layer in DistinctLayers()
        from shape in Products(batch, layer.Inputs, layer.Outputs)
        select shape;

    /// <summary>Forward y = x·w, and backward dw = xᵀ·dy and, but for the first layer, dx = dy·wᵀ.</summary>
    private static IEnumerable<MatMulShape> Products(int batch, int inputs, int outputs)
    {
        yield return new("layers", batch, outputs, inputs, Batch: batch);
        yield return new("layers", inputs, outputs, batch, TransposeA: true, Batch: batch);
        if (inputs != Networks[0][0])
        {
            yield return new("layers", batch, inputs, outputs, TransposeB: true, Batch: batch);
        }
    }

    private static IEnumerable<MatMulShape> Epilogues() =>
        from batch in Batches
        from layer in DistinctLayers()
        select new MatMulShape("bias+relu", batch, layer.Outputs, layer.Inputs, Batch: batch, Epilogue: true);

    private static IEnumerable<(int Inputs, int Outputs)> DistinctLayers() =>
        Networks.SelectMany(sizes => sizes.Zip(sizes.Skip(1))).Distinct();
}
