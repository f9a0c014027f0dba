using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>A register file: how large a tile of c it holds.</summary>
internal interface IRegisterFile
{
    /// <summary>Rows of a full tile of 3 vectors.</summary>
    static abstract int TileRows { get; }
}

/// <summary>32 vector registers: AVX-512, NEON.</summary>
internal readonly struct Registers32 : IRegisterFile
{
    public static int TileRows => 8;
}

/// <summary>16 vector registers: AVX2.</summary>
internal readonly struct Registers16 : IRegisterFile
{
    public static int TileRows => 4;
}

/// <summary>Finds the micro-kernel for tiles, which may be smaller than a full one at the edges of c.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal static unsafe class MatMulDispatch<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>Columns of a strip of b: 3 vectors.</summary>
    public static int StripColumns => 3 * TLanes.Count;

    /// <summary>
    /// Columns of the next strip: 3 vectors, or what is left. Of 4 vectors it takes 2, as one alone would leave the multiply-adds
    /// waiting.
    /// </summary>
    /// <param name="columns">Columns that are left.</param>
    public static int StripWidth(int columns) =>
        columns > StripColumns && columns <= 4 * TLanes.Count ? 2 * TLanes.Count : Math.Min(columns, StripColumns);

    /// <summary>Columns of a strip in whole vectors.</summary>
    /// <param name="width">Its columns.</param>
    public static int Padded(int width) => (width + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    /// <summary>
    /// The tiles of a strip of b, one below the other: full ones, then what is left over. One vector of b leaves registers for
    /// twice as many rows, which its sums need: eight are no more than the multiply-adds that a core begins before the first ends.
    /// </summary>
    /// <param name="tiles">The tiles; their number and distances are found here.</param>
    /// <param name="rows">Rows of c.</param>
    /// <param name="isPacked">Whether the rows of a are packed, tile by tile.</param>
    /// <typeparam name="TRegisters">The register file that the tiles are cut for.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyStrip<TRegisters>(ref MatMulTile tiles, int rows, bool isPacked)
        where TRegisters : struct, IRegisterFile
    {
        var height = tiles.Width <= TLanes.Count && !isPacked ? 2 * TRegisters.TileRows : TRegisters.TileRows;
        tiles.ATile = height * (isPacked ? tiles.Depth : tiles.ARow);
        tiles.CTile = height * tiles.CRow;
        tiles.Count = rows / height;
        if (tiles.Count > 0)
        {
            Multiply(tiles, height);
        }

        if (rows % height is > 0 and var left)
        {
            var rest = tiles;
            rest.A += tiles.Count * tiles.ATile;
            rest.C += tiles.Count * tiles.CTile;
            // Packed rows that fill no tile lie closer together.
            rest.AStep = isPacked ? left : tiles.AStep;
            rest.Count = 1;
            Multiply(rest, left);
        }
    }

    /// <summary>Computes <see cref="MatMulTile.Count"/> tiles of any size up to a full one.</summary>
    /// <param name="tiles">The tiles.</param>
    /// <param name="rows">Rows of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in MatMulTile tiles, int rows)
    {
        switch (rows)
        {
            case 16: MultiplyRows<Sixteen>(tiles); break;
            case 8: MultiplyRows<Eight>(tiles); break;
            case 4: MultiplyRows<Four>(tiles); break;
            case 2: MultiplyRows<Two>(tiles); break;
            case 1: MultiplyRows<One>(tiles); break;
            default: MultiplySplit(tiles, rows); break;
        }
    }

    /// <summary>Other numbers of rows are sums of these.</summary>
    private static void MultiplySplit(in MatMulTile tile, int rows)
    {
        var rest = tile;
        for (var part = 8; part > 0; part /= 2)
        {
            if ((rows & part) != 0)
            {
                Multiply(rest, part);
                rest.A += part * rest.ARow;
                rest.C += part * rest.CRow;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows<TRows>(in MatMulTile tiles)
        where TRows : struct, IConstant
    {
        if (tiles.Width % TLanes.Count == 0)
        {
            MultiplyVectors<TRows, Zero>(tiles);
        }
        else
        {
            MultiplyVectors<TRows, One>(tiles);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyVectors<TRows, TRagged>(in MatMulTile tiles)
        where TRows : struct, IConstant
        where TRagged : struct, IConstant
    {
        switch ((tiles.Width + TLanes.Count - 1) / TLanes.Count)
        {
            case 3: MatMulTileKernel<TVector, TLanes>.Multiply<TileShape<TRows, Three, TRagged>>(tiles); break;
            case 2: MatMulTileKernel<TVector, TLanes>.Multiply<TileShape<TRows, Two, TRagged>>(tiles); break;
            default: MatMulTileKernel<TVector, TLanes>.Multiply<TileShape<TRows, One, TRagged>>(tiles); break;
        }
    }
}

/// <summary>Size of a register tile: the JIT drops what a smaller tile does not use.</summary>
internal interface ITileShape
{
    /// <summary>Rows: 1, 2, 4, 8 or, of one vector, 16.</summary>
    static abstract int Rows { get; }

    /// <summary>Vectors in a row, 1 to 3.</summary>
    static abstract int Vectors { get; }

    /// <summary>
    /// Whether the last vector of a row reaches past the last column, so that only its first lanes may be touched.
    /// </summary>
    static abstract bool IsRagged { get; }
}

/// <summary>A tile of so many rows of so many vectors, the last of them ragged or not (1 or 0).</summary>
internal readonly struct TileShape<TRows, TVectors, TRagged> : ITileShape
    where TRows : struct, IConstant
    where TVectors : struct, IConstant
    where TRagged : struct, IConstant
{
    public static int Rows => TRows.Value;

    public static int Vectors => TVectors.Value;

    public static bool IsRagged => TRagged.Value == 1;
}

/// <summary>A number as a type, for the JIT to compile a kernel for it.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

internal readonly struct Zero : IConstant
{
    public static int Value => 0;
}

internal readonly struct One : IConstant
{
    public static int Value => 1;
}

internal readonly struct Two : IConstant
{
    public static int Value => 2;
}

internal readonly struct Three : IConstant
{
    public static int Value => 3;
}

internal readonly struct Four : IConstant
{
    public static int Value => 4;
}

internal readonly struct Eight : IConstant
{
    public static int Value => 8;
}

internal readonly struct Sixteen : IConstant
{
    public static int Value => 16;
}
