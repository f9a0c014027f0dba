using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Samples images bilinearly, sixteen pixels at a time. An image is first copied into a frame of background, one pixel before
/// and two after, so that no neighbour of a clamped position needs a check. In the frame each pixel stands beside the one below
/// it, so that the four that a position lies between are sixteen bytes in a row: one load instead of four. Where those are is
/// found for the whole image first: numbers that were just stored as a vector would be waited for when read one by one.
/// </summary>
internal readonly ref struct BilinearSampler
{
    private static readonly int _lanes = Vector512<float>.Count;

    private readonly int _height;
    private readonly int _width;
    private readonly int _fieldStride;
    private readonly int _frameStride;
    private readonly float _background;
    private readonly Span<int> _places;
    private readonly Span<float> _row;
    private readonly Span<ulong> _frame;

    /// <summary>Sets up the frame.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="fieldStride">Distance between the rows of the displacement fields, in whole vectors.</param>
    /// <param name="background">Value of everything outside an image.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public BilinearSampler(int height, int width, int fieldStride, float background, Span<float> scratch)
    {
        (_height, _width, _fieldStride, _frameStride) = (height, width, fieldStride, width + 3);
        _background = background;
        _places = MemoryMarshal.Cast<float, int>(scratch[..(height * fieldStride)]);
        _row = scratch.Slice(_places.Length, _lanes);
        _frame = MemoryMarshal.Cast<float, ulong>(scratch.Slice(_places.Length + _lanes, 2 * (height + 2) * _frameStride));
        _frame.Fill(Pair(background, background));
    }

    /// <summary>Floats that the places, a vector of pixels and the frame need.</summary>
    public static int ScratchLength(int height, int width, int fieldStride) =>
        (height * fieldStride) + _lanes + (2 * (height + 2) * (width + 3));

    /// <summary>One image: <c>y(p) = x at map(p) + field(p)</c>.</summary>
    /// <param name="x">The image.</param>
    /// <param name="y">The distorted image; overwritten.</param>
    /// <param name="map">The affine map.</param>
    /// <param name="columnField">How many columns further each pixel is sampled; working memory, so lost afterwards.</param>
    /// <param name="rowField">How many rows further; lost likewise.</param>
    public void Sample(ReadOnlySpan<float> x, Span<float> y, in AffineMap map, Span<float> columnField, Span<float> rowField)
    {
        FillFrame(x);
        Locate(map, columnField, rowField);
        Interpolate(y, columnField, rowField);
    }

    /// <summary>
    /// Finds between which pixels each one is sampled: the place in the frame of the upper left of the four. The fields become
    /// how far to the right of it, and how far below, as a number from 0 to 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Locate(in AffineMap map, Span<float> columnField, Span<float> rowField)
    {
        var (centreRow, centreColumn) = (0.5f * (_height - 1), 0.5f * (_width - 1));
        var (a, c) = (Vector512.Create(map.A), Vector512.Create(map.C));
        for (var i = 0; i < _height; i++)
        {
            var v = i - centreRow;
            var columnStart = Vector512.Create((map.B * v) + (centreColumn + map.ShiftColumn));
            var rowStart = Vector512.Create((map.D * v) + (centreRow + map.ShiftRow));
            for (var j = 0; j < _fieldStride; j += _lanes)
            {
                var u = Vector512.Create(j - centreColumn) + Vector512<float>.Indices;
                var at = (i * _fieldStride) + j;
                var right = columnField.Slice(at, _lanes);
                var down = rowField.Slice(at, _lanes);
                var column = Clamp(VectorMath.MultiplyAdd(a, u, columnStart) + Vector512.Create<float>(right), _width);
                var row = Clamp(VectorMath.MultiplyAdd(c, u, rowStart) + Vector512.Create<float>(down), _height);
                var (left, top) = (Vector512.Floor(column), Vector512.Floor(row));
                (column - left).CopyTo(right);
                (row - top).CopyTo(down);
                ((Vector512.ConvertToInt32Native(top) * Vector512.Create(_frameStride)) + Vector512.ConvertToInt32Native(left))
                    .CopyTo(_places[at..]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Interpolate(Span<float> y, ReadOnlySpan<float> right, ReadOnlySpan<float> down)
    {
        // Place 0 is the image's first pixel; before it, the frame has a row and a column.
        ref var frame = ref Unsafe.As<ulong, float>(ref _frame[_frameStride + 1]);
        for (var i = 0; i < _height; i++)
        {
            for (var next = 0; next < _width; next += _lanes)
            {
                // The last vector ends where the row does, and does some pixels again. A narrower row has room of its own.
                var j = Math.Max(0, Math.Min(next, _width - _lanes));
                var at = (i * _fieldStride) + j;
                var pixels = Neighbours(ref frame, ref _places[at]);
                var toRight = Vector512.Create(right[at..]);
                var upper = Mix(pixels.This, pixels.Right, toRight);
                var lower = Mix(pixels.Below, pixels.BelowRight, toRight);
                Mix(upper, lower, Vector512.Create(down[at..])).CopyTo(_width < _lanes ? _row : y[((i * _width) + j)..]);
            }

            if (_width < _lanes)
            {
                _row[.._width].CopyTo(y[(i * _width)..]);
            }
        }
    }

    /// <summary>Pairs every pixel with the one below it; above the first and below the last row is background.</summary>
    private void FillFrame(ReadOnlySpan<float> x)
    {
        if (_width < _lanes)
        {
            for (var p = 0; p < _width * (_height + 1); p++)
            {
                var (upper, lower) = (p - _width, p);
                _frame[(p / _width * _frameStride) + 1 + (p % _width)] = Pair(
                    upper < 0 ? _background : x[upper], lower >= x.Length ? _background : x[lower]);
            }

            return;
        }

        for (var next = 0; next < _width; next += _lanes)
        {
            FillColumns(x, Math.Min(next, _width - _lanes));
        }
    }

    /// <summary>Pairs one vector of columns, from j on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void FillColumns(ReadOnlySpan<float> x, int j)
    {
        var background = Vector512.Widen(Vector512.Create(_background).AsUInt32());
        var (upper, upperEnd) = background;
        for (var i = 0; i <= _height; i++)
        {
            var (lower, lowerEnd) = i == _height ? background
                : Vector512.Widen(Vector512.Create(x.Slice((i * _width) + j, _lanes)).AsUInt32());
            var pairs = _frame.Slice((i * _frameStride) + 1 + j, _lanes);
            (upper | Vector512.ShiftLeft(lower, 32)).CopyTo(pairs);
            (upperEnd | Vector512.ShiftLeft(lowerEnd, 32)).CopyTo(pairs[Vector512<ulong>.Count..]);
            (upper, upperEnd) = (lower, lowerEnd);
        }
    }

    private static ulong Pair(float upper, float lower) =>
        BitConverter.SingleToUInt32Bits(upper) | ((ulong)BitConverter.SingleToUInt32Bits(lower) << 32);

    /// <summary>
    /// A position within -1 to limit; there, as anywhere beyond, all is background. NaN, which may stand beyond the end of a
    /// field's row, becomes -1 on x86; on ARM it stays, and is converted to 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Clamp(Vector512<float> position, int limit) =>
        Vector512.MinNative(Vector512.MaxNative(position, -Vector512<float>.One), Vector512.Create((float)limit));

    /// <summary>The pixels at sixteen places of the frame, with those beside and below them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> This, Vector512<float> Below, Vector512<float> Right, Vector512<float> BelowRight)
        Neighbours(ref float frame, ref int places)
    {
        if (!FourColumns.IsSupported)
        {
            return (Gather(ref frame, ref places, 0), Gather(ref frame, ref places, 1),
                Gather(ref frame, ref places, 2), Gather(ref frame, ref places, 3));
        }

        return FourColumns.Transpose(
            EveryFourth(ref frame, ref places, 0), EveryFourth(ref frame, ref places, 1),
            EveryFourth(ref frame, ref places, 2), EveryFourth(ref frame, ref places, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> EveryFourth(ref float frame, ref int places, int first) => FourColumns.Join(
        Four(ref frame, ref places, first), Four(ref frame, ref places, first + 4),
        Four(ref frame, ref places, first + 8), Four(ref frame, ref places, first + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(ref float frame, ref int places, int which) =>
        Vector128.LoadUnsafe(ref Unsafe.Add(ref frame, 2 * (nint)Unsafe.Add(ref places, which)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Mix(Vector512<float> from, Vector512<float> to, Vector512<float> share) =>
        VectorMath.MultiplyAdd(share, to - from, from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(ref float frame, ref int places, int neighbour)
    {
        ref var values = ref Unsafe.Add(ref frame, neighbour);
        return Vector512.Create(
            One(ref values, ref places, 0), One(ref values, ref places, 1),
            One(ref values, ref places, 2), One(ref values, ref places, 3),
            One(ref values, ref places, 4), One(ref values, ref places, 5),
            One(ref values, ref places, 6), One(ref values, ref places, 7),
            One(ref values, ref places, 8), One(ref values, ref places, 9),
            One(ref values, ref places, 10), One(ref values, ref places, 11),
            One(ref values, ref places, 12), One(ref values, ref places, 13),
            One(ref values, ref places, 14), One(ref values, ref places, 15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One(ref float values, ref int places, int which) =>
        Unsafe.Add(ref values, 2 * (nint)Unsafe.Add(ref places, which));
}
