using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// a or b as the rungs with wide loads see it: lines (rows of a, columns of b), each of so many steps along k.
/// </summary>
/// <param name="Values">The matrix.</param>
/// <param name="Lines">Number of lines.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="AlongSteps">Whether neighbours in memory are steps of one line; else they are lines of one step.</param>
/// <param name="IsWide">Whether four neighbours are always aligned to 128 bits.</param>
internal readonly record struct Operand(ArrayView<float> Values, int Lines, int Steps, bool AlongSteps, bool IsWide)
{
    public static Operand OfA(ArrayView<float> a, MatMulSizes sizes) =>
        new(a, sizes.M, sizes.K, sizes.ColumnA == 1, (sizes.Wide & MatMulSizes.WideA) != 0);

    public static Operand OfB(ArrayView<float> b, MatMulSizes sizes) =>
        new(b, sizes.N, sizes.K, sizes.ColumnB != 1, (sizes.Wide & MatMulSizes.WideB) != 0);

    /// <summary>
    /// Four neighbours in memory: in one load where they are aligned, one by one where they are not; those beyond an edge are 0.
    /// </summary>
    public F4 Four(int line, int step)
    {
        var place = AlongSteps ? (line * Steps) + step : (step * Lines) + line;
        var left = AlongSteps ? line < Lines ? Steps - step : 0 : step < Steps ? Lines - line : 0;
        if (left <= 0)
        {
            return default;
        }

        return IsWide ? Values.Cast<F4>()[place / 4] : new F4(
            Values[place],
            left > 1 ? Values[place + 1] : 0f,
            left > 2 ? Values[place + 2] : 0f,
            left > 3 ? Values[place + 3] : 0f);
    }
}

/// <summary>How the rungs with wide loads bring tiles into shared memory, and sums back to c, four numbers at a time.</summary>
internal static class WideTiles
{
    /// <summary>
    /// Loads depth steps of some lines into shared memory, where one step of all lines lies in one piece.
    /// </summary>
    /// <param name="x">a or b.</param>
    /// <param name="tile">The shared memory.</param>
    /// <param name="lines">Lines of the tile.</param>
    /// <param name="depth">Steps of the tile.</param>
    /// <param name="line">The tile's first line.</param>
    /// <param name="step">The tile's first step.</param>
    public static void Load(Operand x, ArrayView<F4> tile, int lines, int depth, int line, int step)
    {
        for (var e = Group.IdxX; e < lines * depth / 4; e += Group.DimX)
        {
            Put(x.AlongSteps, tile, lines, depth, e, Fetch(x, lines, depth, e, line, step));
        }
    }

    /// <summary>The e-th four of a tile, from global memory: neighbouring threads read neighbouring places.</summary>
    public static F4 Fetch(Operand x, int lines, int depth, int e, int line, int step) => x.AlongSteps
        ? x.Four(line + (e / (depth / 4)), step + (e % (depth / 4) * 4))
        : x.Four(line + (e % (lines / 4) * 4), step + (e / (lines / 4)));

    /// <summary>Writes what <see cref="Fetch"/> gave to its place in shared memory.</summary>
    public static void Put(bool alongSteps, ArrayView<F4> tile, int lines, int depth, int e, F4 four)
    {
        if (!alongSteps)
        {
            tile[e] = four;
            return;
        }

        // The four are steps of one line, and each step has a row of its own.
        var single = tile.Cast<float>();
        var place = (e % (depth / 4) * 4 * lines) + (e / (depth / 4));
        single[place] = four.X;
        single[place + lines] = four.Y;
        single[place + (2 * lines)] = four.Z;
        single[place + (3 * lines)] = four.W;
    }

    /// <summary>Two fours in shared memory, from a place and so much further on.</summary>
    public static F8 Eight(ArrayView<F4> tile, int place, int apart) => new(tile[place / 4], tile[(place + apart) / 4]);

    /// <summary>
    /// Writes a thread's tile with its epilogue: four rows from i, four from i + down; in each, four columns from j, four from
    /// j + across.
    /// </summary>
    public static void Store(
        Tile8 sums, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j, int down, int across)
    {
        StoreRow(sums.R0, c, bias, sizes, i, j, across);
        StoreRow(sums.R1, c, bias, sizes, i + 1, j, across);
        StoreRow(sums.R2, c, bias, sizes, i + 2, j, across);
        StoreRow(sums.R3, c, bias, sizes, i + 3, j, across);
        StoreRow(sums.R4, c, bias, sizes, i + down, j, across);
        StoreRow(sums.R5, c, bias, sizes, i + down + 1, j, across);
        StoreRow(sums.R6, c, bias, sizes, i + down + 2, j, across);
        StoreRow(sums.R7, c, bias, sizes, i + down + 3, j, across);
    }

    private static void StoreRow(F8 row, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j, int across)
    {
        StoreFour(row.Low, c, bias, sizes, i, j);
        StoreFour(row.High, c, bias, sizes, i, j + across);
    }

    private static void StoreFour(F4 sums, ArrayView<float> c, ArrayView<float> bias, MatMulSizes sizes, int i, int j)
    {
        if ((sizes.Wide & MatMulSizes.WideC) == 0)
        {
            GroupTiles.StoreOne(sums.X, c, bias, sizes, i, j);
            GroupTiles.StoreOne(sums.Y, c, bias, sizes, i, j + 1);
            GroupTiles.StoreOne(sums.Z, c, bias, sizes, i, j + 2);
            GroupTiles.StoreOne(sums.W, c, bias, sizes, i, j + 3);
        }
        else if (i < sizes.M && j < sizes.N)
        {
            c.Cast<F4>()[((i * sizes.N) + j) / 4] = new F4(
                MatMulGpu.FinishStraight(sums.X, bias, j, sizes), MatMulGpu.FinishStraight(sums.Y, bias, j + 1, sizes),
                MatMulGpu.FinishStraight(sums.Z, bias, j + 2, sizes), MatMulGpu.FinishStraight(sums.W, bias, j + 3, sizes));
        }
    }
}
