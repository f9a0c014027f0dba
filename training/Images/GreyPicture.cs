namespace ScratchNet.Training.Images;

/// <summary>A grey picture: (height x width) bytes, row-major, 0 black to 255 white.</summary>
public sealed class GreyPicture
{
    /// <summary>A picture over the given pixels, which are not copied.</summary>
    /// <exception cref="ArgumentException">A side is not positive, or the pixels are not width x height.</exception>
    public GreyPicture(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || (long)width * height != pixels.Length)
        {
            throw new ArgumentException($"{pixels.Length} pixels are no picture of {width}x{height}.");
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>(height x width) pixels.</summary>
    public byte[] Pixels { get; }
}
