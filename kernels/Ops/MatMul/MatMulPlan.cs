using System.Runtime.CompilerServices;

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
    /// <summary>
    /// Longest run of terms: a strip of b (up to 96 KB) then stays in the second-level cache. Not asked of the machine: it shows
    /// in the result, and a result should not depend on caches.
    /// </summary>
    private const int MaxBlockTerms = 512;

    /// <summary>
    /// Floats of a packed at a time: 3/8 of the second-level cache, which leaves room for a strip of b and for c.
    /// </summary>
    private static readonly int BlockFloats = CacheSizes.L2 / sizeof(float) * 3 / 8;

    /// <summary>Floats of b that stay packed: 3/8 of a core's share of the third-level cache, but no more than helps.</summary>
    private static readonly int GroupFloats = Math.Min(CacheSizes.L3Share / sizeof(float) * 3 / 8, 2 * 1024 * 1024);

    /// <summary>A part should last longer than it takes to hand it out: about 10 us of one core's work.</summary>
    private const long MinPartFlops = 1_000_000;

    /// <summary>Less work than that is left to one thread.</summary>
    public const long MinSharedFlops = 2 * MinPartFlops;

    /// <summary>Multiplications and additions in the time of moving a byte; what counts where rows or columns are few.</summary>
    private const int FlopsPerByte = 3;

    /// <summary>Most parts for each thread: more would even out better, but pack more often.</summary>
    private const int PartsPerThread = 4;

    /// <summary>From this many strips of b on a is worth packing: each of its tiles is then read so often.</summary>
    private const int MinStripsToPackA = 4;

    /// <summary>
    /// Up to so many rows of a, rows of b are read too rarely to be worth packing. Above, large or short ones are.
    /// </summary>
    private const int MaxRowsToSkipPackB = 16;

    /// <summary>Up to so many floats, a block of b is near the core as it lies.</summary>
    private const int NearFloats = 16 * 1024;

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

    /// <summary>Columns of b that one packed block of a meets.</summary>
    public int GroupColumns { get; private init; }

    /// <summary>Whether packed strips are kept, because more than one block of rows needs them.</summary>
    public bool KeepsStrips { get; private init; }

    /// <summary>Floats of packed strips of b at a time.</summary>
    public int StripFloats => (KeepsStrips ? GroupColumns : ColumnUnit) * BlockTerms;

    /// <summary>Floats of packed strips of b and a packed block of a.</summary>
    public int ScratchFloats => StripFloats + (BlockRows * BlockTerms);

    /// <summary>Whether b is too large to be near the core by itself.</summary>
    public bool AsksAhead { get; private init; }

    /// <summary>Number of rectangles.</summary>
    public int Parts => RowParts * ColumnParts;

    /// <summary>Whether blocks of a are packed.</summary>
    public bool PackA { get; private init; }

    /// <summary>Whether strips of b are packed.</summary>
    public bool PackB { get; private init; }

    /// <summary>Rows of a in a block.</summary>
    public int BlockRows { get; private init; }

    /// <summary>
    /// Whether a product is one part and one block, which gains nothing by packing: there is nothing to plan.
    /// </summary>
    /// <param name="call">Its sizes.</param>
    /// <param name="columnUnit">Columns of a strip of b.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOnePiece(in MatMulCall call, int columnUnit) =>
        call.K <= MaxBlockTerms && call.N <= (MinStripsToPackA - 1) * columnUnit && !call.TransposeB
        && !IsLarge(call, call.K) && Work(call) < MinSharedFlops;

    /// <summary>Plans a product.</summary>
    /// <param name="call">Its sizes.</param>
    /// <param name="columnUnit">Columns of a strip of b.</param>
    /// <param name="rowUnit">Rows of a tile.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <remarks>Inlined, since the units are constants where it is called, and divisions by those are none.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MatMulPlan For(in MatMulCall call, int columnUnit, int rowUnit, int threads)
    {
        var blocks = DivideUp(call.K, MaxBlockTerms);
        var blockTerms = DivideUp(call.K, blocks);
        var strips = DivideUp(call.N, columnUnit);
        var tileRows = DivideUp(call.M, rowUnit);
        var (rowParts, columnParts) = threads == 1 ? (1, 1)
            : Divide(Work(call), tileRows, strips, threads);
        var partStrips = DivideUp(strips, columnParts);
        var groups = DivideUp(partStrips, Math.Max(GroupFloats / (blockTerms * columnUnit), 1));
        var groupStrips = DivideUp(partStrips, groups);
        var packA = groupStrips >= MinStripsToPackA;
        var blockRows = rowUnit * Math.Clamp(BlockFloats / (blockTerms * rowUnit), 1, DivideUp(tileRows, rowParts));
        var bIsLarge = IsLarge(call, blockTerms);
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
            KeepsStrips = blockRows * rowParts < call.M,
            PackA = packA,
            PackB = call.TransposeB || (call.M > MaxRowsToSkipPackB && (bIsLarge || 3 * call.N <= columnUnit)),
            AsksAhead = bIsLarge,
            BlockRows = blockRows,
        };
    }

    /// <summary>What a product takes, in operations: those of its sums, and the time of its bytes.</summary>
    private static long Work(in MatMulCall call) => call.Flops + (FlopsPerByte * call.Traffic.Bytes);

    /// <summary>Whether a block of b does not stay near the core by itself.</summary>
    private static bool IsLarge(in MatMulCall call, int blockTerms) => (long)call.N * blockTerms > NearFloats;

    /// <summary>
    /// Finds the number of row and column parts that ends soonest. The unit of cost is a tile; a part also packs its rows
    /// of a and its columns of b.
    /// </summary>
    private static (int Rows, int Columns) Divide(long work, int tileRows, int strips, int threads)
    {
        if (work < MinSharedFlops)
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
        if (shares == 1)
        {
            return new Interval(0, length);
        }

        var units = DivideUp(length, unit);
        return new Interval(
            (int)((long)units * index / shares) * unit,
            Math.Min((int)((long)units * (index + 1) / shares) * unit, length));
    }

    private static int DivideUp(int value, int by) => (value + by - 1) / by;
}
