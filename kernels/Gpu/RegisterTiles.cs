namespace ScratchNet.Kernels;

/// <summary>
/// Four floats. ILGPU keeps the fields of a struct in registers where it would put an indexed array into slow local memory, and
/// loads
/// a whole struct of four with one 128-bit instruction.
/// </summary>
internal readonly record struct F4(float X, float Y, float Z, float W)
{
    /// <summary>this + a·b, element by element.</summary>
    public F4 Plus(float a, F4 b) =>
        new(GpuMath.Fma(a, b.X, X), GpuMath.Fma(a, b.Y, Y), GpuMath.Fma(a, b.Z, Z), GpuMath.Fma(a, b.W, W));
}

/// <summary>Eight floats.</summary>
internal readonly record struct F8(F4 Low, F4 High)
{
    /// <summary>this + a·b, element by element.</summary>
    public F8 Plus(float a, F8 b) => new(Low.Plus(a, b.Low), High.Plus(a, b.High));
}

/// <summary>A tile of 8 x 8 sums in 64 registers.</summary>
internal readonly record struct Tile8(F8 R0, F8 R1, F8 R2, F8 R3, F8 R4, F8 R5, F8 R6, F8 R7)
{
    /// <summary>this + the outer product of a column and a row: 64 multiply-adds on 16 loaded values.</summary>
    public Tile8 Plus(F8 column, F8 row) => new(
        R0.Plus(column.Low.X, row), R1.Plus(column.Low.Y, row), R2.Plus(column.Low.Z, row), R3.Plus(column.Low.W, row),
        R4.Plus(column.High.X, row), R5.Plus(column.High.Y, row), R6.Plus(column.High.Z, row), R7.Plus(column.High.W, row));
}

/// <summary>How large a tile of c one group of threads computes. Sizes are constants that fold into the compiled
/// kernel.</summary>
internal interface IGroupTile
{
    /// <summary>Rows of the tile, a multiple of 8.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the tile, a multiple of 8.</summary>
    static abstract int Columns { get; }

    /// <summary>How far along k a step goes.</summary>
    static abstract int Depth { get; }
}

/// <summary>128 x 128: most reuse, for matrices that fill the device with such tiles. 256 threads of 8 x 8.</summary>
internal readonly struct LargeTile : IGroupTile
{
    public static int Rows => 128;

    public static int Columns => 128;

    public static int Depth => 8;
}

/// <summary>32 x 32: more groups for the small matrices of a dense layer. 16 threads of 8 x 8.</summary>
internal readonly struct SmallTile : IGroupTile
{
    public static int Rows => 32;

    public static int Columns => 32;

    public static int Depth => 8;
}
