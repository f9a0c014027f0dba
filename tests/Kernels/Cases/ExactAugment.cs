using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>
/// Augmentation of one image in double precision, straight from its definition: matrices for the affine map, one two-dimensional
/// Gaussian
/// instead of two in a row, and bilinear sampling as a sum over all pixels of hat functions. Slow, and short.
/// </summary>
internal sealed class ExactAugment(
    Distortion distortion, ulong seed, uint epoch, int sample, int height, int width, double background)
{
    private readonly Matrix<double> _map = Map(distortion, Words(seed, epoch, 0, 2 * (ulong)sample));
    private readonly RandomWords _shifts = Words(seed, epoch, 0, (2 * (ulong)sample) + 1);

    public void Distort(ReadOnlySpan<float> x, Span<double> y)
    {
        var (noiseColumn, noiseRow) = Noise();
        var centre = Vector<double>.Build.DenseOfArray([(width - 1) / 2.0, (height - 1) / 2.0]);
        var shift = Vector<double>.Build.DenseOfArray(
            [Symmetric(_shifts.X) * distortion.ShiftPixels, Symmetric(_shifts.Y) * distortion.ShiftPixels]);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var place = Vector<double>.Build.DenseOfArray([column, row]);
                var from = (_map * (place - centre)) + centre + shift;
                y[(row * width) + column] = SampleAt(x,
                    from[0] + Smooth(noiseColumn, row, column), from[1] + Smooth(noiseRow, row, column));
            }
        }
    }

    private static RandomWords Words(ulong seed, uint epoch, int stream, ulong index) =>
        Philox.At(seed, RandomPurpose.Augmentation, stream, epoch, index);

    /// <summary>A word's upper 24 bits as a number in [-1, 1).</summary>
    private static double Symmetric(uint word) => (2 * ((word >> 8) / 16777216.0)) - 1;

    private static Matrix<double> Map(Distortion distortion, RandomWords words)
    {
        var angle = Symmetric(words.X) * distortion.RotationDegrees * Math.PI / 180;
        var rotate = Matrix<double>.Build.DenseOfArray(
            new[,] { { Math.Cos(angle), -Math.Sin(angle) }, { Math.Sin(angle), Math.Cos(angle) } });
        var shear = Matrix<double>.Build.DenseOfArray(new[,] { { 1, Symmetric(words.W) * distortion.Shear }, { 0, 1 } });
        var scale = Matrix<double>.Build.DenseOfDiagonalArray(
            [1 + (Symmetric(words.Y) * distortion.Scale), 1 + (Symmetric(words.Z) * distortion.Scale)]);
        return rotate * shear * scale;
    }

    private (double[] Column, double[] Row) Noise()
    {
        var (column, row) = (new double[height * width], new double[height * width]);
        var quads = (ulong)((column.Length + 3) / 4);
        for (var p = 0; p < column.Length && distortion.IsElastic; p++)
        {
            var words = Words(seed, epoch, 1, ((ulong)sample * quads) + ((ulong)p / 4));
            var word = new[] { words.X, words.Y, words.Z, words.W }[p % 4];
            column[p] = (((word >> 16) + 0.5) / 32768) - 1;
            row[p] = (((word & 0xFFFF) + 0.5) / 32768) - 1;
        }

        return (column, row);
    }

    private double Smooth(double[] noise, int row, int column)
    {
        var radius = AugmentSpec.Radius(distortion.ElasticSigma);
        double Bell(int distance) => Math.Exp(-distance * distance / (2.0 * distortion.ElasticSigma * distortion.ElasticSigma));
        var all = Enumerable.Range(-radius, (2 * radius) + 1).Sum(Bell);
        var sum = 0.0;
        for (var i = 0; i < height; i++)
        {
            for (var j = 0; j < width; j++)
            {
                var near = Math.Abs(i - row) <= radius && Math.Abs(j - column) <= radius;
                sum += near ? Bell(i - row) * Bell(j - column) * noise[(i * width) + j] : 0;
            }
        }

        return distortion.ElasticAlpha * sum / (all * all);
    }

    /// <summary>Bilinear: the sum of all pixels, each weighed by how near it is; the background fills what is missing to weight
    /// 1.</summary>
    private double SampleAt(ReadOnlySpan<float> x, double column, double row)
    {
        var (sum, weight) = (0.0, 0.0);
        for (var i = 0; i < height; i++)
        {
            for (var j = 0; j < width; j++)
            {
                var share = Math.Max(0, 1 - Math.Abs(i - row)) * Math.Max(0, 1 - Math.Abs(j - column));
                sum += share * x[(i * width) + j];
                weight += share;
            }
        }

        return sum + ((1 - weight) * background);
    }
}
