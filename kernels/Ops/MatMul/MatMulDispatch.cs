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

/// <summary>Finds the micro-kernel for a tile, which may be smaller than a full one at the edges of c.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TLanes">Its operations.</typeparam>
internal static unsafe class MatMulDispatch<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private const int MaxRows = 8;
    private const int MaxVectors = 3;

    /// <summary>Computes a tile of any size up to a full one.</summary>
    /// <param name="tile">The tile; its strip of b is filled up to whole vectors.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="width">Columns of the tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in MatMulTile tile, int rows, int width)
    {
        var vectors = (width + TLanes.Count - 1) / TLanes.Count;
        if (width == vectors * TLanes.Count)
        {
            MultiplyRows(tile, rows, vectors);
        }
        else
        {
            MultiplyPartial(tile, rows, width, vectors);
        }
    }

    /// <summary>Computes whole vectors beside c and copies what belongs into it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPartial(in MatMulTile tile, int rows, int width, int vectors)
    {
        var padded = vectors * TLanes.Count;
        var beside = stackalloc float[MaxRows * MaxVectors * TLanes.Count];
        var bias = stackalloc float[MaxVectors * TLanes.Count];
        var whole = tile;
        whole.C = beside;
        whole.CRow = padded;
        if (tile.Bias is not null)
        {
            new ReadOnlySpan<float>(tile.Bias, width).CopyTo(new Span<float>(bias, width));
            whole.Bias = bias;
        }

        for (var i = 0; tile.Accumulate && i < rows; i++)
        {
            new ReadOnlySpan<float>(tile.C + (i * tile.CRow), width).CopyTo(new Span<float>(beside + (i * padded), width));
        }

        MultiplyRows(whole, rows, vectors);
        for (var i = 0; i < rows; i++)
        {
            new ReadOnlySpan<float>(beside + (i * padded), width).CopyTo(new Span<float>(tile.C + (i * tile.CRow), width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows(in MatMulTile tile, int rows, int vectors)
    {
        switch (rows)
        {
            case 8: MultiplyVectors<Rows8>(tile, vectors); break;
            case 4: MultiplyVectors<Rows4>(tile, vectors); break;
            case 2: MultiplyVectors<Rows2>(tile, vectors); break;
            case 1: MultiplyVectors<Rows1>(tile, vectors); break;
            default: MultiplySplit(tile, rows, vectors); break;
        }
    }

    /// <summary>Other numbers of rows are sums of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySplit(in MatMulTile tile, int rows, int vectors)
    {
        var upper = tile;
        for (var part = MaxRows / 2; part > 0; part /= 2)
        {
            if ((rows & part) != 0)
            {
                MultiplyRows(upper, part, vectors);
                upper.A += part * upper.ARow;
                upper.C += part * upper.CRow;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyVectors<TRows>(in MatMulTile tile, int vectors)
        where TRows : struct, ITileRows
    {
        switch (vectors)
        {
            case 3: MatMulTileKernel<TVector, TLanes>.Multiply<Shape3<TRows>>(tile); break;
            case 2: MatMulTileKernel<TVector, TLanes>.Multiply<Shape2<TRows>>(tile); break;
            default: MatMulTileKernel<TVector, TLanes>.Multiply<Shape1<TRows>>(tile); break;
        }
    }
}

/// <summary>A number of rows as a type.</summary>
internal interface ITileRows
{
    static abstract int Count { get; }
}

internal readonly struct Rows8 : ITileRows
{
    public static int Count => 8;
}

internal readonly struct Rows4 : ITileRows
{
    public static int Count => 4;
}

internal readonly struct Rows2 : ITileRows
{
    public static int Count => 2;
}

internal readonly struct Rows1 : ITileRows
{
    public static int Count => 1;
}

/// <summary>Tiles of 3 vectors a row.</summary>
internal readonly struct Shape3<TRows> : ITileShape
    where TRows : struct, ITileRows
{
    public static int Rows => TRows.Count;

    public static int Vectors => 3;
}

/// <summary>Tiles of 2 vectors a row.</summary>
internal readonly struct Shape2<TRows> : ITileShape
    where TRows : struct, ITileRows
{
    public static int Rows => TRows.Count;

    public static int Vectors => 2;
}

/// <summary>Tiles of 1 vector a row.</summary>
internal readonly struct Shape1<TRows> : ITileShape
    where TRows : struct, ITileRows
{
    public static int Rows => TRows.Count;

    public static int Vectors => 1;
}
