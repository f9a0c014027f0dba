using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ScratchNet.Kernels;

/// <summary>
/// One call of the micro-kernel: tiles of c one below the other, or side by side, and the strips of a and b that make them.
/// </summary>
internal unsafe struct MatMulTile
{
    /// <summary>First element of the strip of a.</summary>
    public float* A;

    /// <summary>Distance in a from one row of a tile to the next.</summary>
    public nint ARow;

    /// <summary>Distance in a from one term of the sums to the next.</summary>
    public nint AStep;

    /// <summary>Distance in a from one tile to the next.</summary>
    public nint ATile;

    /// <summary>First element of the strip of b, whose rows are contiguous.</summary>
    public float* B;

    /// <summary>Distance in b from one term of the sums to the next.</summary>
    public nint BStep;

    /// <summary>Distance in b from one tile to the next: 0 for tiles one below the other.</summary>
    public nint BTile;

    /// <summary>First element of the first tile of c, whose rows are contiguous.</summary>
    public float* C;

    /// <summary>Distance in c from one row to the next.</summary>
    public nint CRow;

    /// <summary>Distance in c from one tile to the next.</summary>
    public nint CTile;

    /// <summary>Columns of the tiles.</summary>
    public int Width;

    /// <summary>Number of tiles.</summary>
    public int Count;

    /// <summary>Number of terms.</summary>
    public int Depth;

    /// <summary>Whether c already holds the sum of earlier terms.</summary>
    public bool Accumulate;

    /// <summary>The bias of the tiles' columns, added at the end; null for none.</summary>
    public float* Bias;

    /// <summary>Whether to end with max(c, 0).</summary>
    public bool Relu;

    /// <summary>Whether the sums are all there is: nothing is added or cut off at the end.</summary>
    public readonly bool EndsPlainly => !Accumulate && Bias is null && !Relu;

    /// <summary>What the first tiles ask for while they compute; see <see cref="MatMulAhead"/>.</summary>
    public MatMulAhead Ahead;
}

/// <summary>
/// The register micro-kernel. A tile of c, up to 8 rows of 3 vectors, stays in registers while the sums run:
/// <code>
///                 b0  b1  b2     each step loads 3 vectors of b
///     a[0,p]  ->  c00 c01 c02    and 8 numbers of a, and does 24 multiply-adds:
///     a[1,p]  ->  c10 c11 c12    2.2 per load, where two loads and two multiply-adds
///       ...                      a cycle are the most that a core does.
///     a[7,p]  ->  c70 c71 c72
/// </code>
/// 24 sums, 3 vectors of b and one of a fill 28 of the 32 registers of AVX-512 and NEON. AVX2 has 16: 4 rows of 3 fill them.
/// Every element of c is one chain of multiply-adds over p in ascending order, whatever the tile's size, so how c is cut
/// into tiles does not show in the result.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal static unsafe class MatMulTileKernel<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>
    /// Terms from asking for one row of c to asking for the next. All at once they would hold up the loads of a and b; much
    /// earlier than they are needed, they would be gone from the first cache again.
    /// </summary>
    private const int AskGap = 8;

    /// <summary>c is asked for when the sums run long enough to ask for eight rows.</summary>
    private const int LeastDepthToAsk = 8 * AskGap;

    /// <summary>Computes tiles.</summary>
    /// <param name="tiles">Where they are and what they are made of.</param>
    /// <typeparam name="TShape">Their size.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TShape>(in MatMulTile tiles)
        where TShape : struct, ITileShape
    {
        var tile = tiles;
        for (var i = 0; i < tiles.Count; i++)
        {
            if (TShape.Rows > 8)
            {
                MatMulTallTile<TVector, TLanes>.Multiply<TShape>(tile);
            }
            else
            {
                MultiplyOne<TShape>(tile);
            }

            tile.A += tile.ATile;
            tile.B += tile.BTile;
            tile.C += tile.CTile;
            tile.Ahead.NextTile();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOne<TShape>(in MatMulTile tile)
        where TShape : struct, ITileShape
    {
        TVector c00 = default, c01 = default, c02 = default;
        TVector c10 = default, c11 = default, c12 = default;
        TVector c20 = default, c21 = default, c22 = default;
        TVector c30 = default, c31 = default, c32 = default;
        TVector c40 = default, c41 = default, c42 = default;
        TVector c50 = default, c51 = default, c52 = default;
        TVector c60 = default, c61 = default, c62 = default;
        TVector c70 = default, c71 = default, c72 = default;

        // Rows 0 to 3 are addressed from one pointer, rows 4 to 7 from another: few registers hold all eight.
        var a = tile.A;
        var row = tile.ARow;
        var row3 = 3 * row;
        var upper = TShape.Rows > 4 ? a + (4 * row) : a;
        var b = tile.B;
        var first = TShape.IsRagged ? TLanes.First(tile.Width - ((TShape.Vectors - 1) * TLanes.Count)) : default;
        var ahead = tile.Ahead;
        var c = tile.C;
        var pause = tile.Depth >= LeastDepthToAsk ? TShape.Rows * AskGap : 0;
        for (var p = tile.Depth; ; pause -= AskGap)
        {
            for (; p > pause; p--)
            {
                if (ahead.Line is not null)
                {
                    ahead.Ask(p);
                }

                var b0 = Load<TShape>(b, 0, first);
                var b1 = TShape.Vectors > 1 ? Load<TShape>(b, 1, first) : default;
                var b2 = TShape.Vectors > 2 ? Load<TShape>(b, 2, first) : default;
                Row<TShape>(a, b0, b1, b2, ref c00, ref c01, ref c02);
                if (TShape.Rows > 1) Row<TShape>(a + row, b0, b1, b2, ref c10, ref c11, ref c12);
                if (TShape.Rows > 2) Row<TShape>(a + (2 * row), b0, b1, b2, ref c20, ref c21, ref c22);
                if (TShape.Rows > 3) Row<TShape>(a + row3, b0, b1, b2, ref c30, ref c31, ref c32);
                if (TShape.Rows > 4) Row<TShape>(upper, b0, b1, b2, ref c40, ref c41, ref c42);
                if (TShape.Rows > 5) Row<TShape>(upper + row, b0, b1, b2, ref c50, ref c51, ref c52);
                if (TShape.Rows > 6) Row<TShape>(upper + (2 * row), b0, b1, b2, ref c60, ref c61, ref c62);
                if (TShape.Rows > 7) Row<TShape>(upper + row3, b0, b1, b2, ref c70, ref c71, ref c72);
                a += tile.AStep;
                upper += tile.AStep;
                b += tile.BStep;
            }

            if (pause == 0)
            {
                break;
            }

            AskForRow<TShape>(c);
            c += tile.CRow;
        }

        Finish<TShape>(tile, 0, first, c00, c01, c02);
        if (TShape.Rows > 1) Finish<TShape>(tile, 1, first, c10, c11, c12);
        if (TShape.Rows > 2) Finish<TShape>(tile, 2, first, c20, c21, c22);
        if (TShape.Rows > 3) Finish<TShape>(tile, 3, first, c30, c31, c32);
        if (TShape.Rows > 4) Finish<TShape>(tile, 4, first, c40, c41, c42);
        if (TShape.Rows > 5) Finish<TShape>(tile, 5, first, c50, c51, c52);
        if (TShape.Rows > 6) Finish<TShape>(tile, 6, first, c60, c61, c62);
        if (TShape.Rows > 7) Finish<TShape>(tile, 7, first, c70, c71, c72);
    }

    /// <summary>Adds <c>a[i,p]·b[p, ...]</c> to one row of the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TShape>(float* a, TVector b0, TVector b1, TVector b2,
        ref TVector c0, ref TVector c1, ref TVector c2)
        where TShape : struct, ITileShape
    {
        var ap = TLanes.Broadcast(*a);
        c0 = TLanes.MultiplyAdd(ap, b0, c0);
        if (TShape.Vectors > 1) c1 = TLanes.MultiplyAdd(ap, b1, c1);
        if (TShape.Vectors > 2) c2 = TLanes.MultiplyAdd(ap, b2, c2);
    }

    /// <summary>
    /// Asks for a row of c, which may have to come from far, while the sums run. ARM64 has no such call in .NET.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskForRow<TShape>(float* c)
        where TShape : struct, ITileShape
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(c);
            if (TShape.Vectors > 1) Sse.Prefetch0(c + TLanes.Count);
            if (TShape.Vectors > 2) Sse.Prefetch0(c + (2 * TLanes.Count));
            // The row's end, where it does not begin on a boundary.
            Sse.Prefetch0(c + (TShape.Vectors * TLanes.Count) - 1);
        }
    }

    /// <summary>Ends the sums of one row and writes it. Most tiles end plainly, which one branch a row finds out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TShape>(in MatMulTile tile, int i, TVector first, TVector c0, TVector c1, TVector c2)
        where TShape : struct, ITileShape
    {
        var c = tile.C + (i * tile.CRow);
        if (!tile.EndsPlainly)
        {
            c0 = End<TShape>(tile, c, 0, first, c0);
            if (TShape.Vectors > 1) c1 = End<TShape>(tile, c, 1, first, c1);
            if (TShape.Vectors > 2) c2 = End<TShape>(tile, c, 2, first, c2);
        }

        Store<TShape>(c, 0, first, c0);
        if (TShape.Vectors > 1) Store<TShape>(c, 1, first, c1);
        if (TShape.Vectors > 2) Store<TShape>(c, 2, first, c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector End<TShape>(in MatMulTile tile, float* c, int vector, TVector first, TVector sum)
        where TShape : struct, ITileShape
    {
        if (tile.Accumulate) sum = TLanes.Add(Load<TShape>(c, vector, first), sum);
        if (tile.Bias is not null) sum = TLanes.Add(sum, Load<TShape>(tile.Bias, vector, first));
        return tile.Relu ? TLanes.Relu(sum) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TShape>(float* row, int vector, TVector first, TVector value)
        where TShape : struct, ITileShape
    {
        if (IsRagged<TShape>(vector))
        {
            TLanes.StoreFirst(row + (vector * TLanes.Count), value, first);
        }
        else
        {
            TLanes.Store(row + (vector * TLanes.Count), value);
        }
    }

    /// <summary>Reads a vector of a row: of the last one only the lanes that there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TShape>(float* row, int vector, TVector first)
        where TShape : struct, ITileShape => IsRagged<TShape>(vector)
            ? TLanes.LoadFirst(row + (vector * TLanes.Count), first)
            : TLanes.Load(row + (vector * TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsRagged<TShape>(int vector)
        where TShape : struct, ITileShape => TShape.IsRagged && vector == TShape.Vectors - 1;
}
