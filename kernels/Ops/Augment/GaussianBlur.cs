using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// The smoothing of an elastic field as two small matrix products: alpha·V·U·H, where U is the noise and H and V are banded
/// matrices with the Gaussian's weights by distance from the diagonal. That there is nothing outside the image needs no code.
/// </summary>
internal sealed class GaussianBlur
{
    // Rows of the result that share each load of a vector of the right-hand matrix.
    private const int TileRows = 4;

    private readonly int _height;
    private readonly Distortion _distortion;
    private readonly int _radius;
    private readonly float[] _alongRows;
    private readonly float[] _alongColumns;

    /// <summary>Sets up the matrices for images of one size.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="distortion">Gives alpha and sigma.</param>
    public GaussianBlur(int height, int width, in Distortion distortion)
    {
        (_height, Width, _distortion) = (height, width, distortion);
        float[] weights = distortion.IsElastic ? AugmentReference.GaussianWeights(distortion.ElasticSigma) : [1f];
        _radius = weights.Length - 1;
        Stride = RoundUp(width, Vector512<float>.Count);
        PaddedHeight = RoundUp(height, TileRows);
        _alongRows = Band(width, Stride, weights, 1f);
        _alongColumns = Band(PaddedHeight, height, weights, distortion.ElasticAlpha);
    }

    /// <summary>Columns of pixels.</summary>
    public int Width { get; }

    /// <summary>Distance between the rows of a smoothed field: the width, rounded up to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Rows that noise and fields have room for: the height, rounded up to whole tiles.</summary>
    public int PaddedHeight { get; }

    /// <summary>Whether this is what such images need.</summary>
    public bool Fits(int height, int width, in Distortion distortion) =>
        height == _height && width == Width && distortion == _distortion;

    /// <summary>Smooths one field.</summary>
    /// <param name="noise">U, <see cref="PaddedHeight"/> x width; rows beyond the height may hold anything.</param>
    /// <param name="between">Room for U·H, <see cref="PaddedHeight"/> x <see cref="Stride"/>.</param>
    /// <param name="field">The result, of the same size.</param>
    public void Apply(ReadOnlySpan<float> noise, Span<float> between, Span<float> field)
    {
        for (var i = 0; i < PaddedHeight; i += TileRows)
        {
            for (var j = 0; j < Stride; j += Vector512<float>.Count)
            {
                var (from, to) = (Math.Max(0, j - _radius), Math.Min(Width, j + Vector512<float>.Count + _radius));
                Tile(noise[(i * Width)..], Width, _alongRows.AsSpan(j), between[((i * Stride) + j)..], from, to);
            }
        }

        for (var i = 0; i < PaddedHeight; i += TileRows)
        {
            var (from, to) = (Math.Max(0, i - _radius), Math.Min(_height, i + TileRows + _radius));
            for (var j = 0; j < Stride; j += Vector512<float>.Count)
            {
                Tile(_alongColumns.AsSpan(i * _height), _height, between[j..], field[((i * Stride) + j)..], from, to);
            }
        }
    }

    /// <summary>c = a·b for four rows of a and one vector of columns of b, the sums running from one place to before another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Tile(ReadOnlySpan<float> a, int aStride, ReadOnlySpan<float> b, Span<float> c, int from, int to)
    {
        var (sum0, sum1, sum2, sum3) = (
            Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var row0 = ref MemoryMarshal.GetReference(a);
        ref var row1 = ref Unsafe.Add(ref row0, aStride);
        ref var row2 = ref Unsafe.Add(ref row1, aStride);
        ref var row3 = ref Unsafe.Add(ref row2, aStride);
        for (var k = from; k < to; k++)
        {
            var right = Vector512.LoadUnsafe(ref b0, (nuint)(k * Stride));
            sum0 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row0, k)), right, sum0);
            sum1 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row1, k)), right, sum1);
            sum2 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row2, k)), right, sum2);
            sum3 = VectorMath.MultiplyAdd(Vector512.Create(Unsafe.Add(ref row3, k)), right, sum3);
        }

        sum0.CopyTo(c);
        sum1.CopyTo(c[Stride..]);
        sum2.CopyTo(c[(2 * Stride)..]);
        sum3.CopyTo(c[(3 * Stride)..]);
    }

    private static float[] Band(int rows, int columns, float[] weights, float scale)
    {
        var band = new float[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = Math.Max(0, i - weights.Length + 1); j < Math.Min(columns, i + weights.Length); j++)
            {
                band[(i * columns) + j] = scale * weights[Math.Abs(i - j)];
            }
        }

        return band;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
