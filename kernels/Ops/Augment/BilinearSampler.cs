using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Samples images bilinearly, sixteen pixels at a time. An image is first copied into a frame of background, one pixel before and
/// two after, so that no neighbour of a clamped position needs a check.
/// </summary>
internal readonly ref struct BilinearSampler
{
    private readonly int _height;
    private readonly int _width;
    private readonly int _fieldStride;
    private readonly int _frameStride;
    private readonly Span<float> _frame;
    private readonly Span<float> _row;

    /// <summary>Sets up the frame.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="fieldStride">Distance between the rows of the displacement fields, in whole vectors.</param>
    /// <param name="background">Value of everything outside an image.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public BilinearSampler(int height, int width, int fieldStride, float background, Span<float> scratch)
    {
        (_height, _width, _fieldStride, _frameStride) = (height, width, fieldStride, width + 3);
        _frame = scratch[..((height + 3) * _frameStride)];
        _row = scratch.Slice(_frame.Length, fieldStride);
        _frame.Fill(background);
    }

    /// <summary>Floats that the frame and a row of pixels need.</summary>
    public static int ScratchLength(int height, int width) =>
        ((height + 3) * (width + 3)) + width + Vector512<float>.Count;

    /// <summary>One image: <c>y(p) = x at map(p) + field(p)</c>.</summary>
    /// <param name="x">The image.</param>
    /// <param name="y">The distorted image; overwritten.</param>
    /// <param name="map">The affine map.</param>
    /// <param name="columnField">How many columns further each pixel is sampled.</param>
    /// <param name="rowField">How many rows further.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Sample(
        ReadOnlySpan<float> x, Span<float> y, in AffineMap map, ReadOnlySpan<float> columnField, ReadOnlySpan<float> rowField)
    {
        for (var i = 0; i < _height; i++)
        {
            x.Slice(i * _width, _width).CopyTo(_frame[(((i + 1) * _frameStride) + 1)..]);
        }

        var (centreRow, centreColumn) = (0.5f * (_height - 1), 0.5f * (_width - 1));
        for (var i = 0; i < _height; i++)
        {
            var v = i - centreRow;
            var (columnStart, rowStart) = (
                (map.B * v) + (centreColumn + map.ShiftColumn), (map.D * v) + (centreRow + map.ShiftRow));
            for (var j = 0; j < _fieldStride; j += Vector512<float>.Count)
            {
                var u = Vector512.Create(j - centreColumn) + Vector512<float>.Indices;
                var at = (i * _fieldStride) + j;
                var column = VectorMath.MultiplyAdd(Vector512.Create(map.A), u, Vector512.Create(columnStart))
                    + Vector512.Create(columnField[at..]);
                var row = VectorMath.MultiplyAdd(Vector512.Create(map.C), u, Vector512.Create(rowStart))
                    + Vector512.Create(rowField[at..]);
                At(Clamp(row, _height), Clamp(column, _width)).CopyTo(_row[j..]);
            }

            _row[.._width].CopyTo(y[(i * _width)..]);
        }
    }

    /// <summary>A position within -1 to limit; there, as anywhere beyond, all is background. NaN becomes -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Clamp(Vector512<float> position, int limit)
    {
        var (lowest, highest) = (-Vector512<float>.One, Vector512.Create((float)limit));
        position = Vector512.ConditionalSelect(Vector512.GreaterThan(position, lowest), position, lowest);
        return Vector512.ConditionalSelect(Vector512.LessThan(position, highest), position, highest);
    }

    /// <summary>The image's values at sixteen positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> At(Vector512<float> row, Vector512<float> column)
    {
        var (top, left) = (Vector512.Floor(row), Vector512.Floor(column));
        var (down, right) = (row - top, column - left);
        var corners = ((Vector512.ConvertToInt32Native(top) + Vector512<int>.One) * Vector512.Create(_frameStride))
            + Vector512.ConvertToInt32Native(left) + Vector512<int>.One;
        ref var frame = ref MemoryMarshal.GetReference(_frame);
        ref var below = ref Unsafe.Add(ref frame, _frameStride);
        var topRow = Mix(Gather(ref frame, corners), Gather(ref Unsafe.Add(ref frame, 1), corners), right);
        var bottomRow = Mix(Gather(ref below, corners), Gather(ref Unsafe.Add(ref below, 1), corners), right);
        return Mix(topRow, bottomRow, down);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Mix(Vector512<float> from, Vector512<float> to, Vector512<float> share) =>
        VectorMath.MultiplyAdd(share, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(ref float values, Vector512<int> at) => Vector512.Create(
        Unsafe.Add(ref values, at[0]), Unsafe.Add(ref values, at[1]), Unsafe.Add(ref values, at[2]), Unsafe.Add(ref values, at[3]),
        Unsafe.Add(ref values, at[4]), Unsafe.Add(ref values, at[5]), Unsafe.Add(ref values, at[6]), Unsafe.Add(ref values, at[7]),
        Unsafe.Add(ref values, at[8]), Unsafe.Add(ref values, at[9]), Unsafe.Add(ref values, at[10]), Unsafe.Add(ref values, at[11]),
        Unsafe.Add(ref values, at[12]), Unsafe.Add(ref values, at[13]), Unsafe.Add(ref values, at[14]), Unsafe.Add(ref values, at[15]));
}
