using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>
/// Image augmentation as plain loops; what is written here is the definition that the other variants follow.
/// </summary>
/// <remarks>
/// <para>Output pixel (row, column) is the input sampled at</para>
/// <code>
/// | sampleColumn |   | a b |   | column - centreColumn |   | centreColumn + shiftColumn |           | fieldColumn(row, column) |
/// | sampleRow    | = | c d | · | row    - centreRow    | + | centreRow    + shiftRow    | + alpha · | fieldRow(row, column)    |
/// </code>
/// <para>where the centre is ((height - 1)/2, (width - 1)/2) and the matrix scales the axes, then shears, then rotates. The
/// fields are uniform noise in (-1, 1), smoothed along rows and along columns by a Gaussian that is cut off at three standard
/// deviations and normalised to sum 1; there is no noise outside the image. Sampling is bilinear, and everything outside the
/// image has the background's value.</para>
/// <para>Random numbers of data set sample s: the affine map uses <see cref="Philox.At"/>(seed, Augmentation, 0, epoch, 2s),
/// whose words give rotation, column scale, row scale and shear, and (…, 2s + 1), whose first two words give column and row
/// shift. The noise of pixel p is word p % 4 of (seed, Augmentation, 1, epoch, s·ceil(pixels/4) + p/4): its upper 16 bits are the
/// column's, its lower 16 bits the row's.</para>
/// </remarks>
public static class AugmentReference
{
    /// <summary>Distorts every image of a batch.</summary>
    /// <param name="x">Images, batch x (height·width).</param>
    /// <param name="indices">Index of each image in the data set.</param>
    /// <param name="y">Distorted images; overwritten. Must not overlap <paramref name="x"/>.</param>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="background">Value of everything outside an image.</param>
    /// <param name="distortion">How far to go.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Which epoch.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<int> indices, Span<T> y, int height, int width, T background,
        in Distortion distortion, ulong seed, uint epoch)
        where T : IFloatingPointIeee754<T>
    {
        var pixels = height * width;
        var columnField = new T[pixels];
        var rowField = new T[pixels];
        for (var i = 0; i < indices.Length; i++)
        {
            if (distortion.IsElastic)
            {
                Noise(columnField, rowField, seed, epoch, indices[i]);
                Smooth(columnField, height, width, distortion);
                Smooth(rowField, height, width, distortion);
            }

            var map = AffineMap.Draw(distortion, seed, epoch, indices[i]);
            Sample(
                x.Slice(i * pixels, pixels), y.Slice(i * pixels, pixels), height, width, background, map, columnField, rowField);
        }
    }

    /// <summary>One half of the word of pixel p as a number in (-1, 1), symmetric about 0 and exact in float32.</summary>
    /// <param name="half">16 random bits.</param>
    internal static float ToSymmetric(uint half) => (((int)half + 0.5f) * (1f / 32768f)) - 1f;

    /// <summary>The Gaussian's weights for the distances 0 to radius; on both sides together they add up to 1.</summary>
    /// <param name="sigma">Standard deviation, in pixels.</param>
    internal static float[] GaussianWeights(float sigma)
    {
        var weights = new double[AugmentSpec.Radius(sigma) + 1];
        for (var distance = 0; distance < weights.Length; distance++)
        {
            weights[distance] = Math.Exp(-distance * distance / (2.0 * sigma * sigma));
        }

        var sum = (2 * weights.Sum()) - weights[0];
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    private static void Noise<T>(Span<T> columnField, Span<T> rowField, ulong seed, uint epoch, int sample)
        where T : IFloatingPointIeee754<T>
    {
        var quads = (ulong)((columnField.Length + 3) / 4);
        for (var p = 0; p < columnField.Length; p++)
        {
            var words = Philox.At(seed, RandomPurpose.Augmentation, 1, epoch, ((ulong)sample * quads) + (ulong)(p / 4));
            var word = (p % 4) switch { 0 => words.X, 1 => words.Y, 2 => words.Z, _ => words.W };
            columnField[p] = T.CreateChecked(ToSymmetric(word >> 16));
            rowField[p] = T.CreateChecked(ToSymmetric(word & 0xFFFF));
        }
    }

    /// <summary>
    /// field = alpha · gauss * field. A Gaussian in two dimensions is one along rows followed by one along columns.
    /// </summary>
    private static void Smooth<T>(T[] field, int height, int width, in Distortion distortion)
        where T : IFloatingPointIeee754<T>
    {
        var weights = GaussianWeights(distortion.ElasticSigma);
        var alongRows = new T[field.Length];
        for (var p = 0; p < field.Length; p++)
        {
            alongRows[p] = WeightedSum(field, p - (p % width), 1, width, p % width, weights);
        }

        for (var p = 0; p < field.Length; p++)
        {
            field[p] = T.CreateChecked(distortion.ElasticAlpha) * WeightedSum(
                alongRows, p % width, width, height, p / width, weights);
        }
    }

    /// <summary>The Gaussian average about one place of a line of values that are stride apart.</summary>
    private static T WeightedSum<T>(T[] values, int start, int stride, int count, int centre, float[] weights)
        where T : IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var i = Math.Max(0, centre - weights.Length + 1); i < Math.Min(count, centre + weights.Length); i++)
        {
            sum += T.CreateChecked(weights[Math.Abs(i - centre)]) * values[start + (i * stride)];
        }

        return sum;
    }

    private static void Sample<T>(ReadOnlySpan<T> x, Span<T> y, int height, int width, T background, in AffineMap map,
        ReadOnlySpan<T> columnField, ReadOnlySpan<T> rowField)
        where T : IFloatingPointIeee754<T>
    {
        var half = T.CreateChecked(0.5f);
        var (centreRow, centreColumn) = (half * T.CreateChecked(height - 1), half * T.CreateChecked(width - 1));
        for (var p = 0; p < y.Length; p++)
        {
            var u = T.CreateChecked(p % width) - centreColumn;
            var v = T.CreateChecked(p / width) - centreRow;
            var column = (T.CreateChecked(map.A) * u) + (T.CreateChecked(map.B) * v)
                + (centreColumn + T.CreateChecked(map.ShiftColumn)) + columnField[p];
            var row = (T.CreateChecked(map.C) * u) + (T.CreateChecked(map.D) * v)
                + (centreRow + T.CreateChecked(map.ShiftRow)) + rowField[p];
            y[p] = Bilinear(x, height, width, background, row, column);
        }
    }

    private static T Bilinear<T>(ReadOnlySpan<T> x, int height, int width, T background, T row, T column)
        where T : IFloatingPointIeee754<T>
    {
        // One pixel outside, all is background already; clamping there keeps any position within an int.
        row = Clamp(row, height);
        column = Clamp(column, width);
        var (i, j) = (int.CreateChecked(T.Floor(row)), int.CreateChecked(T.Floor(column)));
        var (down, right) = (row - T.Floor(row), column - T.Floor(column));
        var above = Mix(Pixel(x, height, width, background, i, j), Pixel(x, height, width, background, i, j + 1), right);
        var below = Mix(Pixel(x, height, width, background, i + 1, j), Pixel(x, height, width, background, i + 1, j + 1), right);
        return Mix(above, below, down);
    }

    /// <summary>A position within -1 to limit; NaN becomes -1.</summary>
    private static T Clamp<T>(T position, int limit)
        where T : IFloatingPointIeee754<T>
    {
        var highest = T.CreateChecked(limit);
        return !(position > -T.One) ? -T.One : position < highest ? position : highest;
    }

    private static T Mix<T>(T from, T to, T share)
        where T : IFloatingPointIeee754<T> => from + (share * (to - from));

    private static T Pixel<T>(ReadOnlySpan<T> x, int height, int width, T background, int i, int j) =>
        i >= 0 && i < height && j >= 0 && j < width ? x[(i * width) + j] : background;

    internal static void Run(CpuBackend backend, in AugmentCall call) =>
        Compute<float>(call.X.AsSpan(), call.Indices.AsSpan()[..call.Batch], call.Y.AsSpan(), call.Height, call.Width,
            call.Background, call.Distortion, call.Seed, call.Epoch);
}
