namespace ScratchNet.Kernels;

/// <summary>Integers from <paramref name="Start"/> up to, but without, <paramref name="End"/>.</summary>
internal readonly record struct Interval(int Start, int End)
{
    public int Length => End - Start;
}

/// <summary>
/// How a product is cut up. How long the sums run before they go back to c depends on the sizes alone, because it shows in the
/// result's last bits; how c is dealt out to threads does not show and depends on their number too.
/// </summary>
internal readonly record struct MatMulPlan
{
    /// <summary>Longest run of terms: a strip of b and the rows of a that it meets stay near the core.</summary>
    private const int MaxBlockTerms = 384;

    /// <summary>Floats of packed b at a time: half of a 1 MB L2.</summary>
    private const int GroupFloats = 128 * 1024;

    /// <summary>A part should last longer than it takes to hand it out: about 10 us of one core's work.</summary>
    private const long MinPartFlops = 1_000_000;

    /// <summary>Parts for each thread, so that a slow one holds up the others by a fraction of the whole.</summary>
    private const int PartsPerThread = 4;

    private int Rows { get; init; }

    private int Columns { get; init; }

    private int RowUnit { get; init; }

    private int ColumnUnit { get; init; }

    private int RowParts { get; init; }

    private int ColumnParts { get; init; }

    /// <summary>Terms of the sums in a block.</summary>
    public int BlockTerms { get; private init; }

    /// <summary>Columns of b that are packed together.</summary>
    public int GroupColumns { get; private init; }

    /// <summary>Number of rectangles.</summary>
    public int Parts => RowParts * ColumnParts;

    /// <summary>Plans a product.</summary>
    /// <param name="call">Its sizes.</param>
    /// <param name="columnUnit">Columns of a strip of b.</param>
    /// <param name="rowUnit">Rows of a tile.</param>
    /// <param name="threads">Threads that share the work.</param>
    public static MatMulPlan For(in MatMulCall call, int columnUnit, int rowUnit, int threads)
    {
        var blocks = DivideUp(call.K, MaxBlockTerms);
        var blockTerms = DivideUp(call.K, blocks);
        var strips = DivideUp(call.N, columnUnit);
        var tileRows = DivideUp(call.M, rowUnit);
        var wanted = threads == 1 ? 1 : (int)Math.Clamp(call.Flops / MinPartFlops, 1, threads * PartsPerThread);
        var columnParts = Math.Min(wanted, strips);
        var rowParts = Math.Min(DivideUp(wanted, columnParts), tileRows);
        var groupStrips = Math.Clamp(GroupFloats / (blockTerms * columnUnit), 1, DivideUp(strips, columnParts));
        return new MatMulPlan
        {
            Rows = call.M,
            Columns = call.N,
            RowUnit = rowUnit,
            ColumnUnit = columnUnit,
            RowParts = rowParts,
            ColumnParts = columnParts,
            BlockTerms = blockTerms,
            GroupColumns = groupStrips * columnUnit,
        };
    }

    /// <summary>Rows and columns of c that a part computes.</summary>
    public (Interval Rows, Interval Columns) Rectangle(int part) => (
        Share(part % RowParts, RowParts, Rows, RowUnit),
        Share(part / RowParts, ColumnParts, Columns, ColumnUnit));

    private static Interval Share(int index, int shares, int length, int unit)
    {
        var units = DivideUp(length, unit);
        return new Interval(
            (int)((long)units * index / shares) * unit,
            Math.Min((int)((long)units * (index + 1) / shares) * unit, length));
    }

    private static int DivideUp(int value, int by) => (value + by - 1) / by;
}
