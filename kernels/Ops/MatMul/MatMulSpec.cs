namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of <c>c = f(op(a)·op(b) + bias)</c>, where op transposes or not and f is an activation.
/// </summary>
/// <param name="A">m x k, or k x m when <paramref name="TransposeA"/>.</param>
/// <param name="B">k x n, or n x k when <paramref name="TransposeB"/>.</param>
/// <param name="C">m x n; overwritten. Must not overlap the inputs.</param>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="TransposeA">Whether a is stored transposed.</param>
/// <param name="TransposeB">Whether b is stored transposed.</param>
/// <param name="Bias">n values added to every row; a default view adds nothing.</param>
/// <param name="Activation">Applied to every element after the bias.</param>
public readonly record struct MatMulCall(
    BufferView<float> A,
    BufferView<float> B,
    BufferView<float> C,
    int M,
    int N,
    int K,
    bool TransposeA = false,
    bool TransposeB = false,
    BufferView<float> Bias = default,
    ActivationKind Activation = ActivationKind.None) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => (2L * M * N * K) + (Bias.IsEmpty ? 0 : (long)M * N)
        + (Activation == ActivationKind.None ? 0 : (long)M * N);

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * (((long)M * K) + ((long)K * N) + ((long)M * N) + (Bias.IsEmpty ? 0 : N));

    /// <inheritdoc/>
    public string Shape => $"{M}x{K}{(TransposeA ? "ᵀ" : "")} · {K}x{N}{(TransposeB ? "ᵀ" : "")}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(MatMulSpec.Name, M);
        Check.Positive(MatMulSpec.Name, N);
        Check.Positive(MatMulSpec.Name, K);
        Check.Holds(MatMulSpec.Name, A, (long)M * K);
        Check.Holds(MatMulSpec.Name, B, (long)K * N);
        Check.Holds(MatMulSpec.Name, C, (long)M * N);
        if (!Bias.IsEmpty)
        {
            Check.Holds(MatMulSpec.Name, Bias, N);
        }
    }
}

/// <summary>Matrix product with bias and activation: what a dense layer does forward, and twice backward.</summary>
public static class MatMulSpec
{
    internal const string Name = "matmul";

    private static readonly Variant<MatMulCall> Tiled = new(
        "tiled", "a group shares tiles of a and b in shared memory", MatMulTiled.Run, () => [MatMulTiled.Kernel]);

    private static readonly Variant<MatMulCall> Direct = new(
        "direct", "no shared memory: tiles in the vector registers of a processor", MatMulDirect.Run,
        () => [MatMulDirect.Wide, MatMulDirect.Narrow, MatMulDirect.Flat, Transpose.Kernel]);

    /// <summary>The operation and its variants.</summary>
    public static Operation<MatMulCall> Operation { get; } = new(
        Name,
        "c[i,j] = f(sum over p of a[i,p]·b[p,j] + bias[j])",
        [
            new("reference", "one sum for each element, as the formula says", MatMulReference.Run),
            new("simd", "tiles in vector registers, fed from packed strips of b, shared by threads", MatMulSimd.Run),
            new("naive", "one thread an element", MatMulNaive.Run, () => [MatMulNaive.Kernel]),
            new("coalesced", "neighbouring threads take neighbouring columns", MatMulCoalesced.Run, () => [MatMulCoalesced.Kernel]),
            Tiled,
            Direct,
        ],
        (backend, _) => backend is GpuBackend gpu ? (gpu.RunsThreadsInTurn ? Direct : Tiled) : null);
}
