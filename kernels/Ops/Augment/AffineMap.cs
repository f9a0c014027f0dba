namespace ScratchNet.Kernels;

/// <summary>
/// The affine part of one image's distortion: from an output pixel's offset from the centre to the place where the input is
/// sampled.
/// </summary>
/// <param name="A">Columns a column.</param>
/// <param name="B">Columns a row.</param>
/// <param name="C">Rows a column.</param>
/// <param name="D">Rows a row.</param>
/// <param name="ShiftColumn">Columns, in pixels.</param>
/// <param name="ShiftRow">Rows, in pixels.</param>
internal readonly record struct AffineMap(float A, float B, float C, float D, float ShiftColumn, float ShiftRow)
{
    /// <summary>
    /// The map of one data set sample in one epoch: scale the axes by (p, q), shear by k, rotate by angle r:
    /// (cos r, -sin r; sin r, cos r) · (1, k; 0, 1) · (p, 0; 0, q).
    /// </summary>
    /// <param name="distortion">The limits of the random numbers.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Which epoch.</param>
    /// <param name="sample">Index in the data set.</param>
    public static AffineMap Draw(in Distortion distortion, ulong seed, uint epoch, int sample)
    {
        var first = Philox.At(seed, RandomPurpose.Augmentation, 0, epoch, 2 * (ulong)sample);
        var second = Philox.At(seed, RandomPurpose.Augmentation, 0, epoch, (2 * (ulong)sample) + 1);
        var angle = Within(first.X, distortion.RotationDegrees * (MathF.PI / 180f));
        var p = 1f + Within(first.Y, distortion.Scale);
        var q = 1f + Within(first.Z, distortion.Scale);
        var k = Within(first.W, distortion.Shear);
        var (sin, cos) = (MathF.Sin(angle), MathF.Cos(angle));
        return new AffineMap(
            cos * p,
            ((cos * k) - sin) * q,
            sin * p,
            ((sin * k) + cos) * q,
            Within(second.X, distortion.ShiftPixels),
            Within(second.Y, distortion.ShiftPixels));
    }

    /// <summary>A random word as a number that is uniform in ± limit.</summary>
    private static float Within(uint word, float limit) => limit * ((2f * Philox.ToUnit(word)) - 1f);
}
