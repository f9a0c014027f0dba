using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// The smoothing of an elastic field as small matrix products: s = alpha·V·U·H, where U is the noise and H and V have the
/// Gaussian's weights by distance from the diagonal. That there is nothing outside the image needs no code.
/// </summary>
/// <remarks>
/// Rows and columns are folded at their middles, as <see cref="FoldedGaussian"/> explains, which halves the work of each product.
/// Row 2k of the folded noise holds the sums of the rows k and height-1-k, row 2k + 1 their differences; the sums along each row
/// stand in its left half, the differences in its right.
/// </remarks>
internal sealed class GaussianBlur
{
    // Rows of a product that share each load of a vector of the right-hand matrix.
    private const int TileRows = 4;

    private static readonly int _lanes = Vector512<float>.Count;

    private readonly int _height;
    private readonly int _halfHeight;
    private readonly int _halfWidth;
    private readonly int _foldedWidth;
    private readonly int _foldedRows;
    private readonly Distortion _distortion;
    private readonly FoldedGaussian _alongRows;
    private readonly FoldedGaussian _alongColumns;
    private readonly float[] _rowWeights;
    private readonly float[] _columnWeights;

    /// <summary>Sets up the matrices for images of one size.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="distortion">Gives alpha and sigma.</param>
    public GaussianBlur(int height, int width, in Distortion distortion)
    {
        (_height, Width, _distortion) = (height, width, distortion);
        (_halfHeight, _halfWidth) = ((height + 1) / 2, (width + 1) / 2);
        _foldedWidth = RoundUp(_halfWidth, _lanes);
        _foldedRows = RoundUp(2 * _halfHeight, TileRows);
        Stride = RoundUp(width, _lanes);
        float[] weights = distortion.IsElastic ? AugmentReference.GaussianWeights(distortion.ElasticSigma) : [1f];
        (_alongRows, _alongColumns) = (new(width, weights), new(height, weights));
        _rowWeights = _alongRows.ByValue(_foldedWidth);
        _columnWeights = _alongColumns.ByResult(distortion.ElasticAlpha);
    }

    /// <summary>Columns of pixels.</summary>
    public int Width { get; }

    /// <summary>Distance between the rows of a smoothed field: the width, rounded up to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Floats that noise must have room for before and after it: what vectors reach beyond their rows.</summary>
    public static int Margin => Vector512<float>.Count;

    /// <summary>Floats of room that <see cref="Apply"/> needs: the noise folded, and smoothed along rows.</summary>
    public int RoomLength => 4 * _foldedRows * _foldedWidth;

    /// <summary>Whether this is what such images need.</summary>
    public bool Fits(int height, int width, in Distortion distortion) =>
        height == _height && width == Width && distortion == _distortion;

    /// <summary>Smooths one field.</summary>
    /// <param name="noise">U, height x width, with <see cref="Margin"/> floats of anything on either side.</param>
    /// <param name="room">At least <see cref="RoomLength"/> floats.</param>
    /// <param name="field">The result, height x <see cref="Stride"/>.</param>
    public void Apply(ReadOnlySpan<float> noise, Span<float> room, Span<float> field)
    {
        var folded = room[..(RoomLength / 2)];
        var smooth = room[(RoomLength / 2)..];
        Fold(noise, folded);
        for (var half = 0; half < 2; half++)
        {
            for (var j = 0; j < _foldedWidth; j += _lanes)
            {
                var at = (half * _foldedWidth) + j;
                SmoothAlongRows(folded[(half * _foldedWidth)..], _rowWeights.AsSpan(at), smooth[at..], j);
            }
        }

        for (var i = 0; i < _halfHeight; i += 2)
        {
            for (var j = 0; j < _foldedWidth; j += _lanes)
            {
                SmoothAlongColumns(smooth[j..], field, i, j);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Fold(ReadOnlySpan<float> noise, Span<float> folded)
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(noise), Margin);
        for (var i = 0; i < _halfHeight; i++)
        {
            ref var upper = ref Unsafe.Add(ref first, i * Width);
            ref var lower = ref Unsafe.Add(ref first, (_height - 1 - i) * Width);
            for (var j = 0; j < _foldedWidth; j += _lanes)
            {
                var mirrored = Width - j - _lanes;
                var (upperLeft, lowerLeft) = (At(ref upper, j), At(ref lower, j));
                var (upperRight, lowerRight) = (Reverse(At(ref upper, mirrored)), Reverse(At(ref lower, mirrored)));
                var (upperSum, lowerSum) = (upperLeft + upperRight, lowerLeft + lowerRight);
                var (upperDifference, lowerDifference) = (upperLeft - upperRight, lowerLeft - lowerRight);
                var sums = folded[((4 * i * _foldedWidth) + j)..];
                var differences = sums[(2 * _foldedWidth)..];
                (upperSum + lowerSum).CopyTo(sums);
                (upperDifference + lowerDifference).CopyTo(sums[_foldedWidth..]);
                (upperSum - lowerSum).CopyTo(differences);
                (upperDifference - lowerDifference).CopyTo(differences[_foldedWidth..]);
            }
        }
    }

    /// <summary>One vector of columns, from j on, of one half of all rows: c = a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void SmoothAlongRows(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int j)
    {
        var (from, to) = _alongRows.Reach(j, _lanes);
        var stride = 2 * _foldedWidth;
        ref var right = ref MemoryMarshal.GetReference(b);
        for (var i = 0; i < _foldedRows; i += TileRows)
        {
            ref var row0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(a), i * stride);
            ref var row1 = ref Unsafe.Add(ref row0, stride);
            ref var row2 = ref Unsafe.Add(ref row1, stride);
            ref var row3 = ref Unsafe.Add(ref row2, stride);
            var (sum0, sum1) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var (sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var k = from; k < to; k++)
            {
                var weights = At(ref right, k * stride);
                sum0 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row0, k)), weights, sum0);
                sum1 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row1, k)), weights, sum1);
                sum2 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row2, k)), weights, sum2);
                sum3 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row3, k)), weights, sum3);
            }

            var results = c[(i * stride)..];
            sum0.CopyTo(results);
            sum1.CopyTo(results[stride..]);
            sum2.CopyTo(results[(2 * stride)..]);
            sum3.CopyTo(results[(3 * stride)..]);
        }
    }

    /// <summary>Of rows i and i + 1 and their mirrored rows: one vector of columns from j on, and its mirror.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void SmoothAlongColumns(ReadOnlySpan<float> smooth, Span<float> field, int i, int j)
    {
        var (from, to) = _alongColumns.Reach(i, 2);
        ref var weights = ref Unsafe.Add(ref MemoryMarshal.GetReference(_columnWeights.AsSpan()), 2 * i * _halfHeight);
        ref var nextWeights = ref Unsafe.Add(ref weights, 2 * _halfHeight);
        ref var right = ref MemoryMarshal.GetReference(smooth);
        var (first, second) = (default(Quarters), default(Quarters));
        for (var k = from; k < to; k++)
        {
            ref var sums = ref Unsafe.Add(ref right, 4 * k * _foldedWidth);
            ref var differences = ref Unsafe.Add(ref sums, 2 * _foldedWidth);
            var (s, sd) = (At(ref sums, 0), At(ref sums, _foldedWidth));
            var (ds, d) = (At(ref differences, 0), At(ref differences, _foldedWidth));
            first.Add(ref Unsafe.Add(ref weights, 2 * k), s, sd, ds, d);
            second.Add(ref Unsafe.Add(ref nextWeights, 2 * k), s, sd, ds, d);
        }

        Unfold(first, field, i, j);
        if (i + 1 < _halfHeight)
        {
            Unfold(second, field, i + 1, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Unfold(in Quarters quarters, Span<float> field, int i, int j)
    {
        var (sumLeft, sumRight) = (quarters.S + quarters.SD, quarters.S - quarters.SD);
        var (differenceLeft, differenceRight) = (quarters.DS + quarters.D, quarters.DS - quarters.D);
        var upper = field[(i * Stride)..];
        var lower = field[((_height - 1 - i) * Stride)..];
        (sumLeft + differenceLeft).CopyTo(upper[j..]);
        (sumLeft - differenceLeft).CopyTo(lower[j..]);
        if (Width > _lanes)
        {
            // A narrower image fits in the left vector alone, which reaches past the middle.
            Reverse(sumRight + differenceRight).CopyTo(upper[(Width - j - _lanes)..]);
            Reverse(sumRight - differenceRight).CopyTo(lower[(Width - j - _lanes)..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> At(ref float values, int place) => Vector512.LoadUnsafe(ref Unsafe.Add(ref values, place));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Reverse(Vector512<float> values) =>
        Vector512.Shuffle(values, Vector512.Create(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>One row of a product by parity: sums of columns in sums of rows, differences in sums, and so on.</summary>
    private struct Quarters
    {
        public Vector512<float> S;
        public Vector512<float> SD;
        public Vector512<float> DS;
        public Vector512<float> D;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ref float weights, Vector512<float> s, Vector512<float> sd, Vector512<float> ds, Vector512<float> d)
        {
            var (sum, difference) = (Vector512.Create(weights), Vector512.Create(Unsafe.Add(ref weights, 1)));
            S = VectorMath.MultiplyAdd(sum, s, S);
            SD = VectorMath.MultiplyAdd(sum, sd, SD);
            DS = VectorMath.MultiplyAdd(difference, ds, DS);
            D = VectorMath.MultiplyAdd(difference, d, D);
        }
    }
}
