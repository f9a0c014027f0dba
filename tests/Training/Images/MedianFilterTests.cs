using FsCheck;
using FsCheck.Xunit;
using ScratchNet.Training;
using ScratchNet.Training.Images;
using Xunit;

namespace ScratchNet.Tests.Training.Images;

public sealed class MedianFilterTests
{
    [Property(MaxTest = 200)]
    public void Every_pixel_becomes_the_median_of_the_nine_around_it(PositiveInt height, PositiveInt width, int seed)
    {
        // Widths up to 150 have vectors, their ends, and lines shorter than one.
        var (h, w) = ((height.Get % 12) + 1, (width.Get * 7 % 150) + 1);
        var picture = new byte[h * w];
        new Random(seed).NextBytes(picture);
        var expected = Naive(picture, h, w);
        MedianFilter.Apply(picture, h, w);
        Assert.Equal(expected, picture);
    }

    [Fact]
    public void Single_wrong_pixels_go_and_edges_stay()
    {
        var half = Enumerable.Range(0, 100).Select(i => (byte)(i % 10 < 5 ? 200 : 10)).ToArray();
        var noisy = half.ToArray();
        (noisy[33], noisy[57], noisy[0]) = (0, 255, 255);
        MedianFilter.Apply(noisy, 10, 10);
        Assert.Equal(half, noisy);
    }

    [Fact]
    public void A_format_cleans_each_of_several_pictures_by_itself()
    {
        var pixels = new byte[3 * 28 * 28];
        new Random(1).NextBytes(pixels);
        var expected = pixels.Chunk(28 * 28).SelectMany(picture => Naive(picture, 28, 28)).Select(p => p * (1f / 255f));
        Assert.Equal(expected, new InputFormat(28, 28, Denoise: true).Convert(pixels));
    }

    private static byte[] Naive(byte[] picture, int height, int width)
    {
        var result = new byte[picture.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var around = from dy in new[] { -1, 0, 1 }
                         from dx in new[] { -1, 0, 1 }
                         let y = Math.Clamp((i / width) + dy, 0, height - 1)
                         let x = Math.Clamp((i % width) + dx, 0, width - 1)
                         orderby picture[(y * width) + x]
                         select picture[(y * width) + x];
            result[i] = around.ElementAt(4);
        }

        return result;
    }
}
