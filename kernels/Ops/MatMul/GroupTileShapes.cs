namespace ScratchNet.Kernels;

/// <summary>
/// How large a tile of c one group of threads computes. The sizes are constants that fold into the compiled kernel, so one
/// kernel text serves every shape; which shape runs is data (<see cref="TileKernel"/>), picked at run time.
/// </summary>
internal interface IGroupTile
{
    /// <summary>Rows of the tile, a multiple of 8.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the tile, a multiple of 8.</summary>
    static abstract int Columns { get; }

    /// <summary>How far along k a step goes, a multiple of 4.</summary>
    static abstract int Depth { get; }
}

/// <summary>The same with the part of it that 32 neighbouring threads, a warp, compute.</summary>
internal interface IWarpTile : IGroupTile
{
    /// <summary>Rows of a warp's part.</summary>
    static abstract int WarpRows { get; }

    /// <summary>Columns of a warp's part.</summary>
    static abstract int WarpColumns { get; }
}

/// <summary>128 x 128: most reuse, for matrices that fill the device with such tiles. 256 threads of 8 x 8.</summary>
internal readonly struct Tile128x128 : IWarpTile
{
    public static int Rows => 128;

    public static int Columns => 128;

    public static int Depth => 8;

    public static int WarpRows => 32;

    public static int WarpColumns => 64;
}

/// <summary>128 x 128 in steps of 16 along k: half the barriers for twice the shared memory.</summary>
internal readonly struct Tile128x128Deep : IWarpTile
{
    public static int Rows => 128;

    public static int Columns => 128;

    public static int Depth => 16;

    public static int WarpRows => 32;

    public static int WarpColumns => 64;
}

/// <summary>64 x 64: four times as many groups as 128 x 128. 64 threads of 8 x 8.</summary>
internal readonly struct Tile64x64 : IWarpTile
{
    public static int Rows => 64;

    public static int Columns => 64;

    public static int Depth => 8;

    public static int WarpRows => 32;

    public static int WarpColumns => 64;
}

/// <summary>32 x 32: most groups, for the small matrices of a dense layer. 16 threads of 8 x 8, half a warp.</summary>
internal readonly struct Tile32x32 : IWarpTile
{
    public static int Rows => 32;

    public static int Columns => 32;

    public static int Depth => 8;

    public static int WarpRows => 32;

    public static int WarpColumns => 32;
}
