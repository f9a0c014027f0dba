namespace ScratchNet.Training.Images;

/// <summary>Fits pictures of any size into one size.</summary>
internal static class PictureFit
{
    /// <summary>
    /// Scales a picture, its proportions kept, so that it just fits into (height x width), and puts it in the middle; what is
    /// left at two sides gets the grey of the picture's edge.
    /// </summary>
    public static byte[] To(GreyPicture picture, int height, int width)
    {
        if ((picture.Height, picture.Width) == (height, width))
        {
            return picture.Pixels;
        }

        var scale = Math.Min((double)height / picture.Height, (double)width / picture.Width);
        var (newHeight, newWidth) = (Side(picture.Height, height), Side(picture.Width, width));
        var pixels = Array.ConvertAll(picture.Pixels, pixel => (float)pixel);
        var scaled = Resampling.Scale(pixels, picture.Width, picture.Height, newWidth, newHeight);
        var fitted = new byte[height * width];
        Array.Fill(fitted, EdgeGrey(picture.Pixels, picture.Width));
        var (top, left) = ((height - newHeight) / 2, (width - newWidth) / 2);
        for (var i = 0; i < scaled.Length; i++)
        {
            fitted[((top + (i / newWidth)) * width) + left + (i % newWidth)] = (byte)Math.Clamp(MathF.Round(scaled[i]), 0, 255);
        }

        return fitted;

        int Side(int side, int limit) => Math.Clamp((int)Math.Round(side * scale), 1, limit);
    }

    /// <summary>The grey of a picture's background: the median of the pixels at its edge.</summary>
    public static byte EdgeGrey(ReadOnlySpan<byte> pixels, int width)
    {
        var counts = new int[256];
        var height = pixels.Length / width;
        for (var x = 0; x < width; x++)
        {
            counts[pixels[x]]++;
            counts[pixels[((height - 1) * width) + x]]++;
        }

        for (var y = 1; y < height - 1; y++)
        {
            counts[pixels[y * width]]++;
            counts[pixels[(y * width) + width - 1]]++;
        }

        var (below, all) = (0, counts.Sum());
        for (var grey = 0; ; grey++)
        {
            below += counts[grey];
            if (2 * below >= all)
            {
                return (byte)grey;
            }
        }
    }
}
