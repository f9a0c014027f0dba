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
    Activation Activation = Activation.None) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => (2L * M * N * K) + (Bias.IsEmpty ? 0 : (long)M * N)
        + (Activation == Activation.None ? 0 : (long)M * N);

    /// <inheritdoc/>
    public Traffic Traffic => new(
        sizeof(float) * (((long)M * K) + ((long)K * N) + (Bias.IsEmpty ? 0 : N)), Written: sizeof(float) * (long)M * N);

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

    /// <summary>The operation and its variants.</summary>
    public static Operation<MatMulCall> Operation { get; } = new(
        Name,
        "c[i,j] = f(sum over p of a[i,p]·b[p,j] + bias[j])",
        [
            new("reference", "one sum for each element, as the formula says", MatMulReference.Run),
            new("simd", "tiles in vector registers, fed from packed strips of b, shared by threads", MatMulSimd.Run),
            new("naive", "one thread an element", MatMulNaive.Run, () => [MatMulNaive.Kernel]),
            new("coalesced", "neighbouring threads take neighbouring columns", MatMulCoalesced.Run,
                () => [MatMulCoalesced.Kernel]),
            new("tiled", "a group shares tiles of a and b in shared memory", MatMulTiled.Run, () => [MatMulTiled.Kernel]),
            Tiled("register-1d", "each thread keeps 8 sums of a column in registers", MatMulRegister1D.Run,
                () => MatMulRegister1D.Tiles),
            Tiled("register-2d", "each thread keeps 8 x 8 sums in registers", MatMulRegister2D.Run, () => MatMulRegister2D.Tiles),
            Tiled("vectorized", "memory is read and written four floats at a time", MatMulVectorized.Run,
                () => MatMulVectorized.Tiles),
            Tiled("warp-tile", "the 32 threads that load together compute a compact part", MatMulWarpTile.Run,
                () => MatMulWarpTile.Tiles),
            Tiled("double-buffered", "the next tiles are loaded while these are multiplied", MatMulDoubleBuffered.Run,
                () => MatMulDoubleBuffered.Tiles),
            Tiled("direct", "no shared memory: tiles in the vector registers of a processor", MatMulDirect.Run,
                () => MatMulDirect.Tiles, () => MatMulPanels.Kernel),
            new("cublas", "NVIDIA's own library, to compare with", MatMulCublas.Run, () => [MatMulCublas.Epilogue],
                (backend, _) => MatMulCublas.WhyNot(backend)) { IsPeer = true },
        ],
        Choose);

    /// <summary>The variants that run one kernel text with several shapes of tile, as the autotuner walks them.</summary>
    internal static IEnumerable<TileKernels> TiledRungs =>
    [
        MatMulRegister1D.Tiles, MatMulRegister2D.Tiles, MatMulVectorized.Tiles, MatMulWarpTile.Tiles, MatMulDoubleBuffered.Tiles,
        MatMulDirect.Tiles,
    ];

    private static Variant<MatMulCall> Tiled(
        string name, string idea, GpuBody<MatMulCall> run, Func<TileKernels> tiles, params Func<GpuKernel>[] others) =>
        new(name, idea, run, () => [.. tiles().Kernels, .. others.Select(other => other())],
            (backend, _) => tiles().WhyNot(backend));

    /// <summary>
    /// The rung that the backend's tuning names for a call or, where it names none, the built-in table; where the device cannot
    /// run that, the shared tile.
    /// </summary>
    private static Variant<MatMulCall> Choose(GpuBackend backend, MatMulCall call)
    {
        var kind = MatMulClasses.Of(call);
        var chosen = Named(backend.Tuning.Variant(kind) ?? MatMulTuning.BuiltInVariant(backend.RunsThreadsInTurn));
        return chosen.WhyNot(backend, call) is null ? chosen : Named("tiled");
    }

    private static Variant<MatMulCall> Named(string name)
    {
        foreach (var variant in Operation.TypedVariants)
        {
            if (variant.Name == name)
            {
                return variant;
            }
        }

        throw new ArgumentException($"{Name} has no variant '{name}'.", nameof(name));
    }
}
