using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public class NearestSamplesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(784)]
    [InlineData(70_001)]
    public void Distances_are_exact_whatever_the_size(int length)
    {
        var random = new Random(length);
        var (a, b) = (new byte[length], new byte[length]);
        random.NextBytes(a);
        random.NextBytes(b);
        Assert.Equal(a.Zip(b, (x, y) => (long)(x - y) * (x - y)).Sum(), NearestSamples.SquaredDistance(a, b));
    }

    [Fact]
    public void The_greatest_distances_do_not_overflow()
    {
        var (black, white) = (new byte[2_000_000], new byte[2_000_000]);
        Array.Fill(white, byte.MaxValue);
        Assert.Equal(2_000_000L * 255 * 255, NearestSamples.SquaredDistance(black, white));
    }

    [Fact]
    public void The_nearest_come_first()
    {
        var dataset = new Dataset("greys", 1, 2, ["a"], new byte[] { 0, 0, 200, 200, 90, 90, 100, 104, 255, 255 }, new byte[5]);
        var found = new NearestSamples(dataset).Find([100, 100], 3);
        Assert.Equal([3, 2, 1], found.Select(neighbour => neighbour.Index));
        Assert.Equal([Math.Sqrt(8), 10, 100], found.Select(neighbour => neighbour.Distance));
        Assert.Equal([2, 1], new NearestSamples(dataset).Find([100, 100], 2, except: 3).Select(neighbour => neighbour.Index));
        Assert.Throws<ArgumentException>(() => new NearestSamples(dataset).Find([1], 1));
    }

    [Fact]
    public void Passing_over_samples_by_their_middle_loses_none_that_is_near()
    {
        var digits = BundledDigits.Load();
        var nearest = new NearestSamples(digits.Train);
        for (var picture = 0; picture < 20; picture++)
        {
            var pixels = digits.Test.Image(picture).ToArray();
            var expected = Enumerable.Range(0, digits.Train.Count)
                .OrderBy(i => NearestSamples.SquaredDistance(pixels, digits.Train.Image(i))).Take(8);
            Assert.Equal(expected, nearest.Find(pixels, 8).Select(neighbour => neighbour.Index));
        }
    }

    [Fact]
    public void What_is_usual_is_measured_between_the_samples_themselves()
    {
        var dataset = new Dataset("greys", 1, 1, ["a"], new byte[] { 0, 1, 2, 3, 90 }, new byte[5]);
        Assert.Equal(1, new NearestSamples(dataset).UsualDistance(5, 0.5));
        Assert.Equal(87, new NearestSamples(dataset).UsualDistance(5, 1));
    }
}
