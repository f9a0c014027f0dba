using ScratchNet.Training.Data;

namespace ScratchNet.Training.Images;

/// <summary>
/// Makes of any picture of one digit what MNIST would have made of it: light on black, the digit's ink scaled into a box of
/// 20x20 pixels with its proportions kept, and placed in 28x28 so that its centre of mass is in the middle. Source: "The MNIST
/// database" (http://yann.lecun.com/exdb/mnist). Its 10,000 test pictures show where that middle is: the mean centre of mass
/// is pixel (14.0, 14.0), and whole-pixel shifts leave it within half a pixel.
/// </summary>
public static class DigitPreprocessor
{
    /// <summary>Rows and columns of the result.</summary>
    public const int Side = 28;

    private const int BoxSide = 20;
    private const int Middle = 14;

    // Larger pictures are shrunk first: strokes stay many pixels wide, noise averages out, and it takes milliseconds.
    private const int WorkSide = 400;

    // Ink is what differs from the background by this many grey levels, this many deviations of noise, and this share of the
    // full difference; and a digit must show more contrast than a blank picture's noise.
    private const double LeastDifference = 8;
    private const double LeastDeviations = 4;
    private const double LeastShare = 0.08;
    private const double LeastContrast = 20;
    private const double LeastContrastDeviations = 6;

    // The box is drawn around ink of this strength: fainter pixels are a blurred edge's outer half. Of 0.1, 0.2, 0.33 and
    // 0.5 of full ink, 0.2 brings enlarged MNIST digits closest to the originals.
    private const float EdgeInk = 51;

    // Specks of dust are lighter, the detached bar of a 5 is heavier.
    private const double LeastPart = 0.05;

    /// <summary>Prepares the digit of a picture.</summary>
    /// <param name="picture">A picture of any size.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="DataException">The picture shows no digit: nothing stands out from its background.</exception>
    public static PreparedDigit Prepare(GreyPicture picture, string name)
    {
        var (work, width, height) = Shrink(picture);
        var grey = ToPicture(work, width, height);
        var (ink, polarity) = FindInk(grey, name);
        var steps = new List<PreparationStep> { new("grey", grey), new("ink", ToPicture(ink, width, height)) };

        InkParts.RemoveSmall(ink, width, height, LeastPart);
        if (ink.Max() < EdgeInk)
        {
            // Specks that are gone now were so bright that all of a faint digit passed for the outer half of an edge.
            Brighten(ink);
        }

        var bounds = Bounds(ink, width, height);
        var crop = Crop(ink, width, bounds);
        steps.Add(new("cropped", ToPicture(crop, bounds.Width, bounds.Height)));

        var scale = (double)BoxSide / Math.Max(bounds.Width, bounds.Height);
        var boxWidth = Math.Max(1, (int)Math.Round(bounds.Width * scale));
        var boxHeight = Math.Max(1, (int)Math.Round(bounds.Height * scale));
        var box = Resampling.Scale(crop, bounds.Width, bounds.Height, boxWidth, boxHeight);

        // Thin strokes fade when they shrink; MNIST's were written broadly and are white inside.
        Brighten(box);
        steps.Add(new("scaled", ToPicture(box, boxWidth, boxHeight)));

        var (left, top) = CornerForCentre(box, boxWidth, boxHeight);
        var result = Place(box, boxWidth, boxHeight, left, top);
        steps.Add(new("centred", result));

        var reduction = (double)picture.Width / width;
        var original = new PixelRectangle((int)(bounds.X * reduction), (int)(bounds.Y * reduction),
            (int)Math.Ceiling(bounds.Width * reduction), (int)Math.Ceiling(bounds.Height * reduction));
        return new PreparedDigit(result.Pixels, polarity, original, scale / reduction,
            left - (Side - boxWidth) / 2, top - (Side - boxHeight) / 2, steps);
    }

    private static (float[] Pixels, int Width, int Height) Shrink(GreyPicture picture)
    {
        var scale = Math.Min(1, (double)WorkSide / Math.Max(picture.Width, picture.Height));
        var (width, height) = (Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));
        var pixels = Array.ConvertAll(picture.Pixels, p => (float)p);
        return (scale < 1 ? Resampling.Scale(pixels, picture.Width, picture.Height, width, height) : pixels, width, height);
    }

    /// <summary>How much ink every pixel has, 0 none to 255 full; paper and its noise are exactly 0.</summary>
    private static (float[] Ink, Polarity Polarity) FindInk(GreyPicture picture, string name)
    {
        var (difference, noise) = BackgroundFit.Remove(picture);
        var least = Math.Max(LeastDifference, LeastDeviations * noise);

        // The ink is the side of the background on which more of the picture clearly lies.
        var balance = difference.Sum(d => Math.Abs(d) > least ? (double)d : 0);
        var polarity = balance < 0 ? Polarity.DarkOnLight : Polarity.LightOnDark;
        var ink = polarity == Polarity.DarkOnLight ? Array.ConvertAll(difference, d => -d) : difference;

        var strong = ink.Where(v => v > least).Order().ToArray();
        var full = strong.Length == 0 ? 0 : strong[strong.Length * 95 / 100];
        if (full < Math.Max(LeastContrast, LeastContrastDeviations * noise))
        {
            throw new DataException($"{name}: no digit found: nothing stands out from the background; "
                + "give a picture of one digit, written clearly");
        }

        least = Math.Max(least, LeastShare * full);
        return (Array.ConvertAll(ink, v => v < least ? 0 : Math.Min(255, v * 255 / full)), polarity);
    }

    private static PixelRectangle Bounds(float[] ink, int width, int height)
    {
        var (left, right, top, bottom) = (width, -1, height, -1);
        for (var i = 0; i < ink.Length; i++)
        {
            if (ink[i] >= EdgeInk)
            {
                (left, right) = (Math.Min(left, i % width), Math.Max(right, i % width));
                (top, bottom) = (Math.Min(top, i / width), Math.Max(bottom, i / width));
            }
        }

        return new PixelRectangle(left, top, right - left + 1, bottom - top + 1);
    }

    private static float[] Crop(float[] pixels, int width, PixelRectangle part)
    {
        var crop = new float[part.Width * part.Height];
        for (var row = 0; row < part.Height; row++)
        {
            Array.Copy(pixels, (part.Y + row) * width + part.X, crop, row * part.Width, part.Width);
        }

        return crop;
    }

    /// <summary>Makes the brightest pixel white.</summary>
    private static void Brighten(float[] ink)
    {
        var factor = 255 / ink.Max();
        for (var i = 0; i < ink.Length; i++)
        {
            ink[i] *= factor;
        }
    }

    /// <summary>Where the box's corner goes for its centre of mass to be in the middle; the box stays inside.</summary>
    private static (int Left, int Top) CornerForCentre(float[] box, int width, int height)
    {
        double mass = 0, x = 0, y = 0;
        for (var i = 0; i < box.Length; i++)
        {
            mass += box[i];
            x += box[i] * (i % width);
            y += box[i] * (i / width);
        }

        return (Math.Clamp((int)Math.Round(Middle - x / mass), 0, Side - width),
            Math.Clamp((int)Math.Round(Middle - y / mass), 0, Side - height));
    }

    private static GreyPicture Place(float[] box, int width, int height, int left, int top)
    {
        var result = new byte[Side * Side];
        for (var i = 0; i < box.Length; i++)
        {
            result[(top + i / width) * Side + left + i % width] = (byte)Math.Round(box[i]);
        }

        return new GreyPicture(Side, Side, result);
    }

    private static GreyPicture ToPicture(float[] pixels, int width, int height) =>
        new(width, height, Array.ConvertAll(pixels, p => (byte)Math.Clamp(MathF.Round(p), 0, 255)));
}
