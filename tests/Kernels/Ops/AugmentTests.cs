using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

public class AugmentTests
{
    private static readonly Distortion Strong = new(15f, 0.2f, 2f, 0.2f, 34f, 5f);

    public static TheoryData<int, int, int> Shapes => new()
    {
        { 28, 28, 6 }, { 1, 1, 3 }, { 1, 40, 2 }, { 7, 3, 9 }, { 16, 16, 4 }, { 33, 17, 5 }, { 28, 28, 40 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SimdAgreesWithTheReference(int height, int width, int batch)
    {
        var (pixels, x) = (height * width, CpuRun.Random(batch * height * width, 1, 1f));
        int[] indices = [.. Enumerable.Range(0, batch).Select(i => 7919 * i)];
        foreach (var distortion in new[]
            { Strong, Strong with { ElasticAlpha = 0f }, Strong with { ElasticSigma = 0.7f, ElasticAlpha = 2f } })
        {
            var expected = new double[batch * pixels];
            AugmentReference.Compute(CpuRun.Widen(x), indices, expected, height, width, 0.25, distortion, 99, 3);
            var y = CpuRun.Unwritten(batch * pixels);
            using var run = new CpuRun(2);
            run.Run(AugmentSpec.Operation, "simd", new AugmentCall(
                run.View(x), run.View(indices), run.View(y), batch, height, width, 0.25f, distortion, 99, 3));

            // Positions are off by a few roundings of the largest of them, and noise images have slopes up to 2.
            CpuRun.AssertClose(expected, y, 1e-5 * Math.Max(height, width) / 8);
        }
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("simd")]
    public void NoDistortionLeavesImagesAsTheyAre(string variant)
    {
        var x = CpuRun.Random(3 * 20, 1);
        var y = CpuRun.Unwritten(3 * 20);
        using var run = new CpuRun();
        run.Run(AugmentSpec.Operation, variant,
            new AugmentCall(run.View(x), run.View(new int[3]), run.View(y), 3, 4, 5, 9f, default, 1, 1));
        CpuRun.AssertSameBits(x, y);
    }

    [Fact]
    public void AffineMapScalesThenShearsThenRotatesAboutTheCentre()
    {
        // A ramp is its own bilinear interpolation, so a pixel tells where it was sampled.
        const int Size = 41;
        var distortion = new Distortion(20f, 0.1f, 3f, 0.1f);
        var map = AffineMap.Draw(distortion, 5, 2, 17);
        var columns = Sampled(Size, distortion, (_, j) => j);
        var rows = Sampled(Size, distortion, (i, _) => i);
        var first = Philox.At(5, RandomPurpose.Augmentation, 0, 2, 34);
        var second = Philox.At(5, RandomPurpose.Augmentation, 0, 2, 35);
        var angle = Symmetric(first.X) * 20 * Math.PI / 180;
        var (p, q, k) = (1 + (Symmetric(first.Y) * 0.1), 1 + (Symmetric(first.Z) * 0.1), Symmetric(first.W) * 0.1);
        foreach (var (i, j) in new[] { (20, 20), (15, 27), (26, 16) })
        {
            var (u, v) = (p * (j - 20.0), q * (i - 20.0));
            u += k * v;
            Assert.Equal(
                20 + (Math.Cos(angle) * u) - (Math.Sin(angle) * v) + (3 * Symmetric(second.X)), columns[(i * Size) + j], 1e-4);
            Assert.Equal(
                20 + (Math.Sin(angle) * u) + (Math.Cos(angle) * v) + (3 * Symmetric(second.Y)), rows[(i * Size) + j], 1e-4);
        }

        Assert.NotEqual(0f, map.ShiftColumn);
        static double Symmetric(uint word) => (2 * (word >> 8) / (double)(1 << 24)) - 1;
    }

    [Fact]
    public void ElasticFieldHasTheSpreadOfSmoothedNoise()
    {
        // Far from the edges the field is alpha·(sum of w·w'·u), u of variance 1/3: its variance is alpha²/3·(sum of w²)².
        const int Size = 9;
        const int Count = 3000;
        var distortion = new Distortion(ElasticAlpha: 1f, ElasticSigma: 1f);
        var half = AugmentReference.GaussianWeights(1f);
        var squares = (2 * half.Sum(weight => (double)weight * weight)) - (half[0] * half[0]);
        var field = Enumerable.Range(0, Count).Select(sample =>
        {
            var y = new double[Size * Size];
            double[] x = [.. Enumerable.Range(0, Size * Size).Select(p => (double)(p % Size))];
            AugmentReference.Compute(x, [sample], y, Size, Size, 0, distortion, 1, 0);
            return y[(4 * Size) + 4] - 4;
        }).ToArray();
        var variance = field.Sum(value => value * value) / Count;
        var expected = squares * squares / 3;
        Assert.InRange(variance / expected, 1 - (5 * Math.Sqrt(2.0 / Count)), 1 + (5 * Math.Sqrt(2.0 / Count)));
        Assert.InRange(field.Average(), -5 * Math.Sqrt(expected / Count), 5 * Math.Sqrt(expected / Count));
    }

    [Fact]
    public void GaussianWeightsAddUpToOne()
    {
        foreach (var sigma in new[] { 0.3f, 1f, 5f })
        {
            var weights = AugmentReference.GaussianWeights(sigma);
            Assert.Equal(AugmentSpec.Radius(sigma) + 1, weights.Length);
            Assert.Equal(1, (2 * weights.Sum(weight => (double)weight)) - weights[0], 1e-6);
            Assert.Equal(Math.Exp(-0.5 / ((double)sigma * sigma)), weights[1] / weights[0], 1e-6);
        }
    }

    [Fact]
    public void EverySampleAndEpochIsDistortedInItsOwnWay()
    {
        var x = Enumerable.Repeat(CpuRun.Random(64, 1), 2).SelectMany(image => image).ToArray();
        var (first, second, again) = (new float[128], new float[128], new float[128]);
        AugmentReference.Compute<float>(x, [3, 4], first, 8, 8, 0, Strong, 1, 0);
        AugmentReference.Compute<float>(x, [3, 4], second, 8, 8, 0, Strong, 1, 1);
        AugmentReference.Compute<float>(x, [4, 3], again, 8, 8, 0, Strong, 1, 0);
        Assert.NotEqual(first[..64], first[64..]);
        Assert.NotEqual(first[..64], second[..64]);
        Assert.Equal(first[..64], again[64..]);
    }

    [Fact]
    public void DistortionsWithoutSenseAreRefused()
    {
        using var run = new CpuRun();
        foreach (var bad in new[]
        {
            new Distortion(float.NaN), new Distortion(Scale: 1.5f), new Distortion(ShiftPixels: float.PositiveInfinity),
            new Distortion(ElasticAlpha: 1f, ElasticSigma: 0f), new Distortion(Shear: -1f),
        })
        {
            var image = run.View(new float[4]);
            var call = new AugmentCall(image, run.View(new int[1]), run.View(new float[4]), 1, 2, 2, 0, bad, 1, 1);
            Assert.Throws<ArgumentException>(call.Validate);
        }
    }

    private static double[] Sampled(int size, Distortion distortion, Func<int, int, double> image)
    {
        double[] x = [.. Enumerable.Range(0, size * size).Select(p => image(p / size, p % size))];
        var y = new double[size * size];
        AugmentReference.Compute(x, [17], y, size, size, 0, distortion, 5, 2);
        return y;
    }
}
