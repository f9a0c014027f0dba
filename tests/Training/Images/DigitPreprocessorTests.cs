using ScratchNet.Training.Data;
using ScratchNet.Training.Images;
using Xunit;

namespace ScratchNet.Tests.Training.Images;

public sealed class DigitPreprocessorTests
{
    // Mean error in grey levels, measured: 3.2 for whole-pixel enlargement (0.9 for true MNIST digits, whose box is exactly 20
    // pixels), and for true MNIST digits 7 to 9 after bilinear enlargement, whose blur cannot be undone.
    private const double SharpBound = 5;
    private const double BlurredBound = 14;

    private static readonly Dataset Digits = BundledDigits.Load().Test;

    [Fact]
    public void A_digit_in_MNISTs_form_comes_back() => AssertBack(SharpBound, Polarity.LightOnDark,
        d => new GreyPicture(28, 28, d));

    [Fact]
    public void An_inverted_digit_comes_back() => AssertBack(SharpBound, Polarity.DarkOnLight,
        d => new GreyPicture(28, 28, Array.ConvertAll(d, p => (byte)(255 - p))));

    [Fact]
    public void A_digit_enlarged_eight_times_comes_back() => AssertBack(SharpBound, Polarity.LightOnDark,
        d => new GreyPicture(224, 224, [.. Enumerable.Range(0, 224 * 224).Select(i => d[i / 224 / 8 * 28 + i % 224 / 8])]));

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 12)]
    public void A_digit_off_centre_on_a_gradient_with_noise_comes_back(bool dark, int noise) =>
        AssertBack(BlurredBound, dark ? Polarity.DarkOnLight : Polarity.LightOnDark, d => OnGradient(d, dark, noise));

    [Fact]
    public void The_steps_and_the_crop_tell_what_happened()
    {
        var square = new GreyPicture(200, 100, [.. Enumerable.Range(0, 20000)
            .Select(i => (byte)(i % 200 is >= 120 and < 160 && i / 200 is >= 10 and < 70 ? 20 : 230))]);
        var prepared = DigitPreprocessor.Prepare(square, "square");
        Assert.Equal(new PixelRectangle(120, 10, 40, 60), prepared.Crop);
        Assert.Equal(1.0 / 3, prepared.Scale, 1e-12);
        Assert.Equal((28, 28), (prepared.Steps[^1].Picture.Width, prepared.Steps[^1].Picture.Height));
        Assert.Equal((13, 20), (prepared.Steps[^2].Picture.Width, prepared.Steps[^2].Picture.Height));
        Assert.Same(prepared.Steps[^1].Picture.Pixels, prepared.Pixels);
    }

    [Fact]
    public void Specks_do_not_widen_the_box()
    {
        var picture = OnGradient(Digits.Image(3).ToArray(), dark: true, noise: 0);
        picture.Pixels[picture.Width * 3 + 3] = 0;
        Assert.InRange(DigitPreprocessor.Prepare(picture, "speck").Crop.X, 50, picture.Width);
    }

    [Fact]
    public void A_faint_digit_among_bright_specks_is_found()
    {
        const int Side = 120;
        var pixels = new byte[Side * Side];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i % Side, i / Side);
            var isSpeck = y is 10 or 110 && x % 5 == 0;
            pixels[i] = (byte)(x is >= 58 and < 62 && y is >= 30 and < 90 ? 40 : isSpeck ? 255 : 0);
        }

        var prepared = DigitPreprocessor.Prepare(new GreyPicture(Side, Side, pixels), "faint");
        Assert.Equal(new PixelRectangle(58, 30, 4, 60), prepared.Crop);
        Assert.Equal(255, prepared.Pixels.Max());
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 40, 0)]
    [InlineData(28, 28, 0)]
    [InlineData(300, 200, 5)]
    [InlineData(300, 200, 40)]
    public void A_blank_picture_shows_no_digit(int width, int height, int noise)
    {
        var random = new Random(1);
        var pixels = Enumerable.Range(0, width * height).Select(_ => (byte)(150 + random.Next(-noise, noise + 1))).ToArray();
        var blank = new GreyPicture(width, height, pixels);
        var error = Assert.Throws<DataException>(() => DigitPreprocessor.Prepare(blank, "blank.png"));
        Assert.Contains("blank.png: no digit found", error.Message);
    }

    private static void AssertBack(double bound, Polarity polarity, Func<byte[], GreyPicture> render)
    {
        var errors = new List<double>();
        for (var i = 0; i < 60; i++)
        {
            var original = Digits.Image(i).ToArray();
            var prepared = DigitPreprocessor.Prepare(render(original), "digit");
            Assert.Equal(polarity, prepared.Polarity);
            errors.Add(original.Zip(prepared.Pixels, (a, b) => Math.Abs(a - b)).Average());
        }

        Assert.InRange(errors.Average(), 0, bound);
    }

    /// <summary>The digit enlarged six times, bilinearly, in a picture of 300x260 whose light changes from corner to
    /// corner.</summary>
    private static GreyPicture OnGradient(byte[] digit, bool dark, int noise)
    {
        var random = new Random(7);
        var pixels = new byte[300 * 260];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i % 300, i / 300);
            var ink = Sample(digit, (x - 100 + 0.5) / 6 - 0.5, (y - 60 + 0.5) / 6 - 0.5);
            var paper = dark ? 120 + 0.2 * x + 0.2 * y : 20 + 0.1 * x + 0.1 * y;
            var grey = dark ? paper * (1 - 0.8 * ink) : paper + (255 - paper) * 0.8 * ink;
            pixels[i] = (byte)Math.Clamp(Math.Round(grey + random.Next(-noise, noise + 1)), 0, 255);
        }

        return new GreyPicture(300, 260, pixels);
    }

    private static double Sample(byte[] digit, double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (right, bottom) = (x - left, y - top);
        return (Pixel(left, top) * (1 - right) * (1 - bottom) + Pixel(left + 1, top) * right * (1 - bottom)
            + Pixel(left, top + 1) * (1 - right) * bottom + Pixel(left + 1, top + 1) * right * bottom) / 255;

        double Pixel(int column, int row) => column is < 0 or > 27 || row is < 0 or > 27 ? 0 : digit[row * 28 + column];
    }
}
