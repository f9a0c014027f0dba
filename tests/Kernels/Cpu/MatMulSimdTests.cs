using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Cpu;

/// <summary>
/// What the suite over all variants cannot see: the kernels for vectors narrower than this machine's, and the edges of
/// the blocks that a product is cut into.
/// </summary>
public class MatMulSimdTests
{
    // Rounding of each sum: k terms below 1 with errors of half an ulp of the partial sum, which stays below sqrt(k) or so.
    private const double ErrorPerTerm = 3e-7;

    private static readonly int[] Sizes = [1, 2, 3, 5, 7, 8, 9, 10, 13, 16, 17, 31, 33, 47, 48, 49, 64, 97, 129, 200];

    [Theory]
    [InlineData(512, 1)]
    [InlineData(512, 3)]
    [InlineData(256, 1)]
    [InlineData(256, 3)]
    [InlineData(128, 1)]
    [InlineData(128, 3)]
    public void EveryWidthIsRightAtEveryEdge(int width, int threads)
    {
        using var backend = new CpuBackend(threads);
        var random = new Random(width + threads);
        for (var i = 0; i < 250; i++)
        {
            // Every tenth sum is longer than one block of terms.
            var k = i % 10 == 0 ? 380 + random.Next(600) : Pick(random, Sizes);
            using var product = new RandomProduct(backend, random, Pick(random, Sizes), Pick(random, Sizes), k);
            product.Run(width);
            product.Check(ErrorPerTerm * Math.Sqrt(k) * 4);
        }
    }

    [Theory]
    [InlineData(512, false, false)]
    [InlineData(512, true, false)]
    [InlineData(512, false, true)]
    [InlineData(256, true, true)]
    [InlineData(128, false, true)]
    public void BlocksOfRowsShareTheStripsThatTheFirstHasPacked(int width, bool transposeA, bool transposeB)
    {
        using var backend = new CpuBackend(1);
        using var product = new RandomProduct(backend, new Random(3), 450, (4 * 48) + 16, 600, transposeA, transposeB);
        product.Run(width);
        product.Check(ErrorPerTerm * Math.Sqrt(600) * 4);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void SmallProductsHaveTheBitsOfThatPartOfALargeOne(int width)
    {
        using var backend = new CpuBackend(1);
        var random = new Random(width);
        foreach (var (m, n, k) in ((int, int, int)[])[(2, 1, 2), (8, 16, 8), (13, 10, 33), (32, 32, 32), (67, 47, 129), (16, 24, 512)])
        {
            using var small = new RandomProduct(backend, random, m, n, k, transposeA: false, transposeB: false);
            using var large = small.WithMoreRows(random, (int)MatMulPlan.MinSharedFlops / (n * k));
            small.Run(width);
            large.Run(width);
            Assert.Equal(small.Result(), large.Result()[..(m * n)]);
        }
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void FewColumnsOfAWeightGradientAreRight(int width)
    {
        using var backend = new CpuBackend(2);
        foreach (var (m, n, k) in ((int, int, int)[])[(32, 1, 24), (33, 3, 25), (128, 10, 64), (500, 12, 400), (1001, 10, 128)])
        {
            using var product = new RandomProduct(backend, new Random(m), m, n, k, transposeA: true, transposeB: false);
            product.Run(width);
            product.Check(ErrorPerTerm * Math.Sqrt(k) * 4);
        }
    }

    [Theory]
    [InlineData(512, 2)]
    [InlineData(512, 7)]
    [InlineData(512, 32)]
    [InlineData(256, 16)]
    [InlineData(128, 5)]
    public void AWeightGradientThatTheCacheDoesNotHoldIsRightWithAnyThreads(int width, int k)
    {
        const int Columns = 1003;
        var rows = (CacheSizes.L2 / sizeof(float) / Columns) + 6;
        var results = new List<float[]>();
        foreach (var threads in (int[])[1, 2, 3])
        {
            using var backend = new CpuBackend(threads);
            using var product = new RandomProduct(backend, new Random(k), rows, Columns, k, transposeA: true, transposeB: false);
            product.Run(width);
            product.Check(ErrorPerTerm * Math.Sqrt(k) * 4);
            results.Add(product.Result());
        }

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [InlineData(512, Activation.None)]
    [InlineData(256, Activation.Relu)]
    [InlineData(128, Activation.Tanh)]
    public void OneRowAndOneTermAreRight(int width, Activation activation)
    {
        using var backend = new CpuBackend(2);
        foreach (var (m, n, k) in ((int, int, int)[])
            [(1, 1, 1), (1, 7, 15), (1, 8, 16), (1, 133, 103), (1, 500, 1000), (33, 50, 1), (3, 129, 1)])
        {
            foreach (var transposeB in (bool[])[false, true])
            {
                using var product = new RandomProduct(
                    backend, new Random(n), m, n, k, transposeA: true, transposeB, withBias: n > 1, activation);
                product.Run(width);
                product.Check(ErrorPerTerm * Math.Sqrt(k) * 4);
            }
        }
    }

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void ThreadsDoNotShowInTheResult(int width)
    {
        foreach (var (m, n, k) in ((int, int, int)[])
            [(67, 130, 800), (600, 260, 1030), (1, 1000, 500), (300, 10, 784), (784, 128, 64)])
        {
            var results = new List<float[]>();
            foreach (var threads in (int[])[1, 2, 3, 5])
            {
                using var backend = new CpuBackend(threads);
                using var product = new RandomProduct(backend, new Random(5), m, n, k);
                product.Run(width);
                results.Add(product.Result());
            }

            Assert.All(results, result => Assert.Equal(results[0], result));
        }
    }

    [Fact]
    public void AllocatesNothingOnceScratchHasGrown()
    {
        using var backend = new CpuBackend(2);
        using var product = new RandomProduct(backend, new Random(1), 100, 200, 300);
        var allocations = AllocationMeter.PerCall(product.RunBest);
        Assert.True(allocations < AllocationMeter.SmallestObject, $"{allocations} bytes a call");
    }

    private static int Pick(Random random, int[] from) => from[random.Next(from.Length)];
}
