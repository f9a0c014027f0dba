using ILGPU;

namespace ScratchNet.Kernels;

/// <summary>
/// Where a thread's sums lie in a group's tile when each warp has a compact part of it and each thread four quarters of that.
/// </summary>
/// <param name="Row">First of four rows; the other four begin <see cref="Down"/> below.</param>
/// <param name="Column">First of four columns; the other four begin <see cref="Across"/> further right.</param>
internal readonly record struct WarpPlace<TTile>(int Row, int Column)
    where TTile : struct, IWarpTile
{
    /// <summary>Distance between a thread's upper and lower rows.</summary>
    public static int Down => TTile.WarpRows / 2;

    /// <summary>Distance between its left and right columns.</summary>
    public static int Across => TTile.WarpColumns / 2;

    /// <summary>This thread's place. Consecutive threads form a warp whatever size the device's own warps have.</summary>
    public static WarpPlace<TTile> OfThread()
    {
        var lanes = TTile.WarpRows * TTile.WarpColumns / MatMulRegister2D.SumsPerThread;
        var (warp, lane) = (Group.IdxX / lanes, Group.IdxX % lanes);
        var (warpsAcross, lanesAcross) = (TTile.Columns / TTile.WarpColumns, TTile.WarpColumns / 8);
        return new WarpPlace<TTile>(
            (warp / warpsAcross * TTile.WarpRows) + (lane / lanesAcross * 4),
            (warp % warpsAcross * TTile.WarpColumns) + (lane % lanesAcross * 4));
    }
}
