using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class BundledDigitsTests
{
    private static readonly DatasetPair Digits = BundledDigits.Load();

    [Fact]
    public void There_are_4000_and_1000_of_28x28_with_the_classes_in_turn()
    {
        Assert.Equal((4000, 28, 28, 10), (Digits.Train.Count, Digits.Train.Height, Digits.Train.Width, Digits.Train.Classes));
        Assert.Equal((1000, 28, 28, 10), (Digits.Test.Count, Digits.Test.Height, Digits.Test.Width, Digits.Test.Classes));
        Assert.All(Enumerable.Range(0, 4000), i => Assert.Equal(i % 10, Digits.Train.Labels.Span[i]));
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(i % 10, Digits.Test.Labels.Span[i]));
    }

    [Fact]
    public void Every_load_gives_the_same_bytes()
    {
        var again = BundledDigits.Load();
        Assert.Equal((Digits.Train.Fingerprint, Digits.Test.Fingerprint), (again.Train.Fingerprint, again.Test.Fingerprint));
    }

    [Fact]
    public void Pictures_look_like_MNISTs()
    {
        // MNIST's own figures are 0.1307 and 0.3081; its digits lie in a box of 20x20, centred by mass, on black.
        Assert.Equal(0.1307, Digits.Train.Mean, 0.01);
        Assert.Equal(0.3081, Digits.Train.StandardDeviation, 0.01);
        for (var i = 0; i < Digits.Train.Count; i++)
        {
            var picture = Digits.Train.Image(i);
            Assert.True(picture.ContainsAnyInRange((byte)200, (byte)255), $"digit {i} has no white");
            Assert.InRange(CentreOfMass(picture).X, 12.8, 15.2);
            Assert.InRange(CentreOfMass(picture).Y, 12.8, 15.2);
        }
    }

    [Fact]
    public void A_reduced_digit_is_enlarged_to_what_it_was()
    {
        // A zero with soft edges. Enlarged without the corrections it is off by 6.6 grey levels on average, with them by 3.4.
        var original = Enumerable.Range(0, 28 * 28).Select(i => Zero(i % 28 - 14, i / 28 - 14)).ToArray();
        var given = Array.ConvertAll(Reduce(original), p => (byte)Math.Clamp(Math.Round(p), 0, 255));
        var enlarger = new DigitEnlarger();
        enlarger.SetSmall(0, given, DigitEnlarger.Small);
        enlarger.Enlarge();
        var enlarged = new byte[28 * 28];
        enlarger.GetLarge(0, enlarged);
        Assert.InRange(original.Zip(enlarged, (a, b) => Math.Abs(a - b)).Average(), 0, 4);

        static byte Zero(int x, int y) => (byte)Math.Clamp(255 * (2.2 - Math.Abs(Math.Sqrt(2.2 * x * x + y * y) - 8)), 0, 255);
    }

    /// <summary>Reduces 28x28 to 20x20 as the bundled picture was: cubic convolution (a = -1/2), widened by 1.4.</summary>
    private static double[] Reduce(byte[] large)
    {
        var weights = new double[20, 28];
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 28; j++)
            {
                var t = Math.Abs(j + 0.5 - (i + 0.5) * 1.4) / 1.4;
                weights[i, j] = t < 1 ? 1.5 * t * t * t - 2.5 * t * t + 1
                    : t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2
                    : 0;
            }
        }

        var sums = Enumerable.Range(0, 20).Select(i => Enumerable.Range(0, 28).Sum(j => weights[i, j])).ToArray();
        var small = new double[400];
        for (var i = 0; i < small.Length; i++)
        {
            var (row, column) = (i / 20, i % 20);
            for (var j = 0; j < large.Length; j++)
            {
                small[i] += large[j] * weights[row, j / 28] * weights[column, j % 28] / (sums[row] * sums[column]);
            }
        }

        return small;
    }

    private static (double X, double Y) CentreOfMass(ReadOnlySpan<byte> picture)
    {
        double mass = 0, x = 0, y = 0;
        for (var i = 0; i < picture.Length; i++)
        {
            mass += picture[i];
            x += picture[i] * (i % 28);
            y += picture[i] * (i / 28);
        }

        return (x / mass, y / mass);
    }
}
