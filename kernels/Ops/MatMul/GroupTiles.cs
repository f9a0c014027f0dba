using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>How the register rungs bring tiles into shared memory, and sums back to c, one number at a time.</summary>
internal static class GroupTiles
{
    /// <summary>
    /// Loads tile by depth elements of a into shared memory, step by step along k, so that a column of the tile lies in one
    /// piece. Neighbouring
    /// threads read along whichever way a is stored. Beyond the edges there are zeros.
    /// </summary>
    public static void LoadA<TTile>(ArrayView<float> a, ArrayView<float> tileA, MatMulSizes sizes, int firstRow, int firstStep)
        where TTile : struct, IGroupTile
    {
        for (var e = Group.IdxX; e < TTile.Rows * TTile.Depth; e += Group.DimX)
        {
            var alongK = sizes.ColumnA == 1;
            var (row, step) = alongK ? (e / TTile.Depth, e % TTile.Depth) : (e % TTile.Rows, e / TTile.Rows);
            var (i, p) = (firstRow + row, firstStep + step);
            tileA[(step * TTile.Rows) + row] = i < sizes.M && p < sizes.K ? a[sizes.PlaceA(i, p)] : 0f;
        }
    }

    /// <summary>The same for b: a row of the tile lies in one piece.</summary>
    public static void LoadB<TTile>(ArrayView<float> b, ArrayView<float> tileB, MatMulSizes sizes, int firstColumn, int firstStep)
        where TTile : struct, IGroupTile
    {
        for (var e = Group.IdxX; e < TTile.Columns * TTile.Depth; e += Group.DimX)
        {
            var alongN = sizes.ColumnB == 1;
            var (column, step) = alongN ? (e % TTile.Columns, e / TTile.Columns) : (e / TTile.Depth, e % TTile.Depth);
            var (p, j) = (firstStep + step, firstColumn + column);
            tileB[(step * TTile.Columns) + column] = p < sizes.K && j < sizes.N ? b[sizes.PlaceB(p, j)] : 0f;
        }
    }

    /// <summary>Eight neighbours in shared memory, one by one.</summary>
    public static F8 Eight(ArrayView<float> tile, int place) => new(
        new F4(tile[place], tile[place + 1], tile[place + 2], tile[place + 3]),
        new F4(tile[place + 4], tile[place + 5], tile[place + 6], tile[place + 7]));

    /// <summary>Writes the rows of a tile, those of its elements that lie inside c.</summary>
    public static void Store(Tile8 sums, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        StoreRow(sums.R0, c, bias, sizes, i, j);
        StoreRow(sums.R1, c, bias, sizes, i + 1, j);
        StoreRow(sums.R2, c, bias, sizes, i + 2, j);
        StoreRow(sums.R3, c, bias, sizes, i + 3, j);
        StoreRow(sums.R4, c, bias, sizes, i + 4, j);
        StoreRow(sums.R5, c, bias, sizes, i + 5, j);
        StoreRow(sums.R6, c, bias, sizes, i + 6, j);
        StoreRow(sums.R7, c, bias, sizes, i + 7, j);
    }

    /// <summary>Writes eight elements of a column.</summary>
    public static void StoreColumn(F8 sums, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        StoreOne(sums.Low.X, c, bias, sizes, i, j);
        StoreOne(sums.Low.Y, c, bias, sizes, i + 1, j);
        StoreOne(sums.Low.Z, c, bias, sizes, i + 2, j);
        StoreOne(sums.Low.W, c, bias, sizes, i + 3, j);
        StoreOne(sums.High.X, c, bias, sizes, i + 4, j);
        StoreOne(sums.High.Y, c, bias, sizes, i + 5, j);
        StoreOne(sums.High.Z, c, bias, sizes, i + 6, j);
        StoreOne(sums.High.W, c, bias, sizes, i + 7, j);
    }

    /// <summary>Writes one element, with its epilogue, if it lies inside c.</summary>
    public static void StoreOne(float sum, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        if (i < sizes.M && j < sizes.N)
        {
            c[(i * sizes.N) + j] = MatMulGpu.FinishStraight(sum, bias, j, sizes);
        }
    }

    private static void StoreRow(F8 row, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        StoreOne(row.Low.X, c, bias, sizes, i, j);
        StoreOne(row.Low.Y, c, bias, sizes, i, j + 1);
        StoreOne(row.Low.Z, c, bias, sizes, i, j + 2);
        StoreOne(row.Low.W, c, bias, sizes, i, j + 3);
        StoreOne(row.High.X, c, bias, sizes, i, j + 4);
        StoreOne(row.High.Y, c, bias, sizes, i, j + 5);
        StoreOne(row.High.Z, c, bias, sizes, i, j + 6);
        StoreOne(row.High.W, c, bias, sizes, i, j + 7);
    }
}
