using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// The micro-kernel for strips of one vector, such as the ten outputs of a last layer: 16 rows of c. Eight sums of one vector are
/// just what a core begins before the first of them ends, and any hitch makes it wait; sixteen leave room. Each sum is the same
/// chain of multiply-adds as in <see cref="MatMulTileKernel{TVector, TLanes}"/>.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal static unsafe class MatMulTallTile<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private const int Rows = 16;

    /// <summary>Computes a tile.</summary>
    /// <param name="tile">Where it is and what it is made of.</param>
    /// <typeparam name="TShape">Sixteen rows of one vector, ragged or not.</typeparam>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TShape>(in MatMulTile tile)
        where TShape : struct, ITileShape
    {
        TVector c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        TVector c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;

        // Four rows are addressed from one pointer: few registers hold all sixteen.
        var row = tile.ARow;
        var row3 = 3 * row;
        var step = tile.AStep;
        var a0 = tile.A;
        var a4 = a0 + (4 * row);
        var a8 = a4 + (4 * row);
        var a12 = a8 + (4 * row);
        var b = tile.B;
        var first = TShape.IsRagged ? TLanes.First(tile.Width) : default;
        for (var p = tile.Depth; p > 0; p--)
        {
            var bp = MatMulTileKernel<TVector, TLanes>.Load<TShape>(b, 0, first);
            c0 = TLanes.MultiplyAdd(TLanes.Broadcast(*a0), bp, c0);
            c1 = TLanes.MultiplyAdd(TLanes.Broadcast(a0[row]), bp, c1);
            c2 = TLanes.MultiplyAdd(TLanes.Broadcast(a0[2 * row]), bp, c2);
            c3 = TLanes.MultiplyAdd(TLanes.Broadcast(a0[row3]), bp, c3);
            c4 = TLanes.MultiplyAdd(TLanes.Broadcast(*a4), bp, c4);
            c5 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[row]), bp, c5);
            c6 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[2 * row]), bp, c6);
            c7 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[row3]), bp, c7);
            c8 = TLanes.MultiplyAdd(TLanes.Broadcast(*a8), bp, c8);
            c9 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[row]), bp, c9);
            c10 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[2 * row]), bp, c10);
            c11 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[row3]), bp, c11);
            c12 = TLanes.MultiplyAdd(TLanes.Broadcast(*a12), bp, c12);
            c13 = TLanes.MultiplyAdd(TLanes.Broadcast(a12[row]), bp, c13);
            c14 = TLanes.MultiplyAdd(TLanes.Broadcast(a12[2 * row]), bp, c14);
            c15 = TLanes.MultiplyAdd(TLanes.Broadcast(a12[row3]), bp, c15);
            a0 += step;
            a4 += step;
            a8 += step;
            a12 += step;
            b += tile.BStep;
        }

        // By way of memory, so that one loop ends all rows: written out, they are more than the JIT puts into one method.
        var sums = stackalloc TVector[Rows] { c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15 };
        for (var i = 0; i < Rows; i++)
        {
            MatMulTileKernel<TVector, TLanes>.Finish<TShape>(tile, i, first, sums[i], default, default);
        }
    }
}
