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
