using System.Text.Json.Nodes;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;
using Xunit;

namespace ScratchNet.Tests.Training.Images;

public sealed class PreparationTests
{
    private static readonly Dataset Digits = BundledDigits.Load().Test;

    [Fact]
    public void MNISTs_preparation_is_recognised_even_under_noise_that_the_filter_removes()
    {
        Assert.Equal(Preparation.Digit, InputFormat.For(Digits).Preparation);

        var random = new Random(1);
        var noisy = Digits.CopyImages();
        for (var i = 0; i < noisy.Length / 20; i++)
        {
            noisy[random.Next(noisy.Length)] = 255;
        }

        var set = new Dataset("noisy", 28, 28, Digits.ClassNames, noisy, Digits.Labels);
        Assert.Equal(Preparation.FitOnDark, InputFormat.For(set).Preparation);
        Assert.Equal(Preparation.Digit, InputFormat.For(set, denoise: true).Preparation);
    }

    [Fact]
    public void Backgrounds_decide_about_all_other_sets()
    {
        Assert.Equal(Preparation.FitOnLight, Of(Array.ConvertAll(Digits.CopyImages(), p => (byte)(255 - p)), 28));
        Assert.Equal(Preparation.FitOnDark, Of(new byte[1000 * 16], 4));
        Assert.Equal(Preparation.Fit, Of([.. Enumerable.Range(0, 1000 * 16).Select(i => (byte)(i / 16 % 2 * 255))], 4));

        static Preparation Of(byte[] pixels, int side) =>
            InputFormat.For(new Dataset("x", side, side, ["a"], pixels, new byte[1000])).Preparation;
    }

    [Fact]
    public void A_model_of_other_pictures_gets_them_fitted_and_on_its_own_background()
    {
        // A dark square in the middle of a light field, twice as wide as high.
        var picture = new GreyPicture(8, 4,
            [.. Enumerable.Range(0, 32).Select(i => (byte)(i % 8 is 3 or 4 && i / 8 is 1 or 2 ? 0 : 250))]);
        var format = new InputFormat(4, 4, Preparation: Preparation.FitOnLight);
        var fitted = PreparationOf.Picture(picture, format, "x");
        Assert.Equal([250, 250, 250, 250], fitted[..4]);
        Assert.Equal([250, 250, 250, 250], fitted[12..]);
        Assert.All(fitted[5..7], p => Assert.InRange(p, 0, 200));

        var inverted = PreparationOf.Picture(picture, format with { Preparation = Preparation.FitOnDark }, "x");
        Assert.Equal(fitted.Select(p => (byte)(255 - p)), inverted);
        Assert.Equal(fitted, PreparationOf.Picture(picture, format with { Preparation = Preparation.Fit }, "x"));
    }

    [Fact]
    public void A_picture_of_the_right_size_stays_as_it_is()
    {
        var picture = new GreyPicture(28, 28, Digits.Image(3).ToArray());
        Assert.Equal(picture.Pixels, PreparationOf.Picture(picture, new InputFormat(28, 28), "x"));
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1000, 1)]
    [InlineData(3, 5)]
    public void Any_proportions_fit(int width, int height)
    {
        var grey = new GreyPicture(width, height, [.. Enumerable.Repeat((byte)77, width * height)]);
        Assert.Equal(Enumerable.Repeat((byte)77, 12), PictureFit.To(grey, 3, 4));
    }

    [Theory]
    [InlineData(Preparation.Fit)]
    [InlineData(Preparation.FitOnDark)]
    [InlineData(Preparation.FitOnLight)]
    [InlineData(Preparation.Digit)]
    public void Formats_come_back_from_model_files(Preparation preparation)
    {
        var format = new InputFormat(28, 28, Denoise: true, Preparation: preparation);
        Assert.Equal(format, InputFormat.FromJson(format.ToJson()));
    }

    [Fact]
    public void Models_from_before_there_were_preparations_keep_theirs()
    {
        static JsonObject Old(int side) => new() { ["height"] = side, ["width"] = side, ["scale"] = "0.5", ["shift"] = "0" };
        Assert.Equal(new InputFormat(28, 28, 0.5f, Preparation: Preparation.Digit), InputFormat.FromJson(Old(28)));
        Assert.Equal(new InputFormat(20, 20, 0.5f), InputFormat.FromJson(Old(20)));
        var unknown = Old(28);
        unknown["preparation"] = "magic";
        Assert.Contains("magic", Assert.Throws<FormatException>(() => InputFormat.FromJson(unknown)).Message);
    }
}
