using ScratchNet.Training.Data;

namespace ScratchNet.Training.Images;

/// <summary>What makes of any picture what a network's training pictures were: which depends on those pictures.</summary>
public enum Preparation
{
    /// <summary>Fitted into the size with its proportions kept.</summary>
    Fit,

    /// <summary>Fitted, and inverted if its background is light: the training pictures have dark backgrounds.</summary>
    FitOnDark,

    /// <summary>Fitted, and inverted if its background is dark: the training pictures have light backgrounds.</summary>
    FitOnLight,

    /// <summary>A digit as MNIST has them: see <see cref="DigitPreprocessor"/>.</summary>
    Digit,
}

/// <summary>Finds out, names and carries out preparations.</summary>
public static class PreparationOf
{
    private const int Samples = 500;

    // Ink of this strength fills a box of 12 to 20 pixels whose centre of mass is in the middle, to a pixel, in 99.9 % of MNIST's
    // pictures and of the bundled digits, and in 1 % of Fashion-MNIST's. (The box of most digits has 20; a median filter takes
    // corners off.)
    private const byte DigitInk = 100;
    private const int SmallestBox = 12;
    private const int LargestBox = 20;
    private const double ShareOfDigits = 0.7;
    private const double ShareOfBackgrounds = 0.9;

    /// <summary>How a data set's pictures look to have been prepared, judged by up to 500 of them.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="denoise">Whether a median filter is to clean the pictures before they are judged.</param>
    public static Preparation Dataset(Dataset dataset, bool denoise = false)
    {
        var count = Math.Min(Samples, dataset.Count);
        var (digits, light) = (0, 0);
        var picture = new byte[dataset.Features];
        var random = new StableRandom(0);
        for (var i = 0; i < count; i++)
        {
            // Chosen at random, since classes that take turns would give every n-th picture one class.
            dataset.CopyImage(count < dataset.Count ? random.Below(dataset.Count) : i, picture);
            if (denoise)
            {
                MedianFilter.Apply(picture, dataset.Height, dataset.Width);
            }

            light += IsLight(picture, dataset.Width) ? 1 : 0;
            digits += IsDigit(picture, dataset.Height, dataset.Width) ? 1 : 0;
        }

        return digits >= ShareOfDigits * count ? Preparation.Digit
            : count - light >= ShareOfBackgrounds * count ? Preparation.FitOnDark
            : light >= ShareOfBackgrounds * count ? Preparation.FitOnLight
            : Preparation.Fit;
    }

    /// <summary>A preparation's name in model files.</summary>
    public static string Name(Preparation preparation) => preparation switch
    {
        Preparation.Digit => "digit",
        Preparation.FitOnDark => "fit-on-dark",
        Preparation.FitOnLight => "fit-on-light",
        _ => "fit",
    };

    /// <summary>The preparation of a name; models from before there were names have none.</summary>
    /// <param name="name">The name, or null.</param>
    /// <param name="height">Rows of the model's pictures.</param>
    /// <param name="width">Columns of the model's pictures.</param>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static Preparation Name(string? name, int height, int width)
    {
        if (name is null)
        {
            return (height, width) == (DigitPreprocessor.Side, DigitPreprocessor.Side) ? Preparation.Digit : Preparation.Fit;
        }

        var known = Enum.GetValues<Preparation>().Where(preparation => Name(preparation) == name).ToArray();
        return known.Length == 1 ? known[0] : throw new FormatException($"no preparation of pictures is called '{name}'");
    }

    /// <summary>Makes of a picture what a model's training pictures were.</summary>
    /// <param name="picture">Any picture.</param>
    /// <param name="format">The model's format.</param>
    /// <param name="name">What to call the picture in messages.</param>
    /// <returns>(height x width) bytes.</returns>
    /// <exception cref="DataException">It shall be a digit, but shows none.</exception>
    public static byte[] Picture(GreyPicture picture, InputFormat format, string name)
    {
        if (format.Preparation == Preparation.Digit)
        {
            return DigitPreprocessor.Prepare(picture, name).Pixels;
        }

        var pixels = PictureFit.To(picture, format.Height, format.Width);
        var other = IsLight(picture.Pixels, picture.Width) ? Preparation.FitOnDark : Preparation.FitOnLight;
        return format.Preparation == other
            ? Array.ConvertAll(pixels, pixel => (byte)(255 - pixel))
            : pixels;
    }

    private static bool IsLight(ReadOnlySpan<byte> picture, int width) => PictureFit.EdgeGrey(picture, width) >= 128;

    /// <summary>Whether a picture has been through what <see cref="DigitPreprocessor"/> describes.</summary>
    private static bool IsDigit(ReadOnlySpan<byte> picture, int height, int width)
    {
        if ((height, width) != (DigitPreprocessor.Side, DigitPreprocessor.Side))
        {
            return false;
        }

        var (left, right, top, bottom) = (width, -1, height, -1);
        double mass = 0, x = 0, y = 0;
        for (var i = 0; i < picture.Length; i++)
        {
            if (picture[i] >= DigitInk)
            {
                (left, right) = (Math.Min(left, i % width), Math.Max(right, i % width));
                (top, bottom) = (Math.Min(top, i / width), Math.Max(bottom, i / width));
            }

            mass += picture[i];
            x += picture[i] * (i % width);
            y += picture[i] * (i / width);
        }

        const double Middle = DigitPreprocessor.Side / 2;
        return Math.Max(right - left, bottom - top) + 1 is >= SmallestBox and <= LargestBox
            && Math.Abs((x / mass) - Middle) <= 1 && Math.Abs((y / mass) - Middle) <= 1;
    }
}
