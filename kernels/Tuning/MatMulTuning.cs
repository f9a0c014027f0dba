namespace ScratchNet.Kernels;

/// <summary>How fast one kernel was for one class of products.</summary>
/// <param name="Class">The class.</param>
/// <param name="Variant">The rung.</param>
/// <param name="Tile">Its shape of tile; null for rungs that have but one, and where a rung runs a kernel without any.</param>
/// <param name="Gflops">Geometric mean over the class's shapes; 0 in a built-in table, which says only what to take.</param>
internal sealed record TunedKernel(MatMulClass Class, string Variant, string? Tile, double Gflops = 0);

/// <summary>
/// Which rung computes a class of products on a device, and with which shape of tile each rung runs there. Begins as a built-in
/// table, so that nothing must be tuned; replaced by what the autotuner measured on the very device.
/// </summary>
internal sealed class MatMulTuning
{
    private readonly string?[] _variants = new string?[MatMulClasses.All.Count];
    private readonly Dictionary<(string Variant, MatMulClass Class), string?> _tiles = [];

    /// <summary>Makes a table; of several kernels for a class, and of several tiles for a rung, the fastest counts.</summary>
    public MatMulTuning(IReadOnlyList<TunedKernel> kernels)
    {
        Kernels = kernels;
        foreach (var kernel in kernels.OrderByDescending(kernel => kernel.Gflops))
        {
            _variants[(int)kernel.Class] ??= kernel.Variant;
            _tiles.TryAdd((kernel.Variant, kernel.Class), kernel.Tile);
        }
    }

    /// <summary>The table for a device that was never tuned.</summary>
    /// <remarks>
    /// For real GPUs it follows published ladders (warp tiles come first wherever they were measured), since none was at hand;
    /// the tile is then the largest that fills the device. For processors it is what PoCL was measured to do.
    /// </remarks>
    public static MatMulTuning BuiltIn(bool isProcessor) =>
        new([.. MatMulClasses.All.Select(kind => new TunedKernel(kind, BuiltInVariant(isProcessor), null))]);

    /// <summary>The rung that the built-in table has for every class.</summary>
    public static string BuiltInVariant(bool isProcessor) => isProcessor ? "direct" : "warp-tile";

    /// <summary>Everything that the table was made from.</summary>
    public IReadOnlyList<TunedKernel> Kernels { get; }

    /// <summary>The rung for a class; null where nothing is known.</summary>
    public string? Variant(MatMulClass kind) => _variants[(int)kind];

    /// <summary>The shape of tile with which a rung computes a class; null where nothing is known.</summary>
    public string? Tile(string variant, MatMulClass kind) => _tiles.GetValueOrDefault((variant, kind));
}
