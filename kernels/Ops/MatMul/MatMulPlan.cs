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
    /// <summary>Longest run of terms: a strip of b (96 bytes to 192 bytes a term) and a tile's rows of a then stay near the core.</summary>
    private const int MaxBlockTerms = 384;

    /// <summary>Floats of b packed at a time: 2 MB, one core's share of most L3 caches.</summary>
    private const int GroupFloats = 512 * 1024;

    /// <summary>Floats of a packed at a time: 192 KB, which leaves room in a 512 KB L2 for what streams through.</summary>
    private const int BlockFloats = 48 * 1024;

    /// <summary>A part should last longer than it takes to hand it out: about 10 us of one core's work.</summary>
    private const long MinPartFlops = 1_000_000;

    /// <summary>Multiplications and additions in the time of moving a byte; what counts where rows or columns are few.</summary>
    private const int FlopsPerByte = 3;

    /// <summary>Most parts for each thread: more would even out better, but pack more often.</summary>
    private const int PartsPerThread = 4;

    /// <summary>From this many strips of b on a is worth packing: each of its tiles is then read so often.</summary>
    private const int MinStripsToPackA = 4;

    /// <summary>Up to so many rows of a, rows of b are read too rarely to be worth packing.</summary>
    private const int MaxRowsToSkipPackB = 16;

    /// <summary>Up to so many floats, a block of b is near the core as it lies.</summary>
    private const int MaxFloatsToSkipPackB = 16 * 1024;

    /// <summary>Packing the rows of a tile, in units of multiplying a tile.</summary>
    private const double PackCostA = 0.3;

    /// <summary>Packing a strip of b, in the same unit.</summary>
    private const double PackCostB = 0.5;

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

    /// <summary>Whether blocks of a are packed.</summary>
    public bool PackA { get; private init; }

    /// <summary>Whether strips of b are packed.</summary>
    public bool PackB { get; private init; }

    /// <summary>Rows of a in a block.</summary>
    public int BlockRows { get; private init; }

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
        var (rowParts, columnParts) = Divide(call.Flops + (FlopsPerByte * call.Bytes), tileRows, strips, threads);
        var groupStrips = Math.Clamp(GroupFloats / (blockTerms * columnUnit), 1, DivideUp(strips, columnParts));
        var packA = groupStrips >= MinStripsToPackA;
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
            PackA = packA,
            PackB = call.TransposeB || (call.M > MaxRowsToSkipPackB && (long)call.N * blockTerms > MaxFloatsToSkipPackB),
            BlockRows = rowUnit * Math.Clamp(BlockFloats / (blockTerms * rowUnit), 1, DivideUp(tileRows, rowParts)),
        };
    }

    /// <summary>
    /// Finds the number of row and column parts that ends soonest. The unit of cost is a tile; a part also packs its rows
    /// of a and its columns of b.
    /// </summary>
    private static (int Rows, int Columns) Divide(long work, int tileRows, int strips, int threads)
    {
        if (threads == 1 || work < 2 * MinPartFlops)
        {
            return (1, 1);
        }

        var best = (Rows: 1, Columns: 1);
        var bestCost = double.PositiveInfinity;
        var most = (int)Math.Min(work / MinPartFlops, threads * PartsPerThread);
        for (var rowParts = 1; rowParts <= Math.Min(most, tileRows); rowParts++)
        {
            for (var columnParts = 1; columnParts <= Math.Min(most / rowParts, strips); columnParts++)
            {
                var partRows = DivideUp(tileRows, rowParts);
                var partStrips = DivideUp(strips, columnParts);
                var part = (partRows * partStrips) + (PackCostA * partRows) + (PackCostB * partStrips);
                var cost = DivideUp(rowParts * columnParts, threads) * part;
                if (cost < bestCost)
                {
                    (best, bestCost) = ((rowParts, columnParts), cost);
                }
            }
        }

        return best;
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
