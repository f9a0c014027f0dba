using ScratchNet.Training.Data;
using StbImageSharp;
using static System.Buffers.Binary.BinaryPrimitives;

namespace ScratchNet.Training.Images;

/// <summary>Reads pictures from PNG, JPEG and BMP files as grey, the right way up.</summary>
public static class PictureFile
{
    /// <summary>More pixels than any camera's pictures have, yet few enough to decode in memory.</summary>
    public const int MaxPixels = 100_000_000;

    private const int MaxFileLength = 256 << 20;

    /// <summary>Reads a file; what is transparent shows white.</summary>
    /// <exception cref="DataException">It is missing, no such picture, damaged, or larger than
    /// <see cref="MaxPixels"/>.</exception>
    public static GreyPicture Read(string path) => Decode(ReadBytes(path), path);

    /// <summary>The size of a file's picture the right way up, from its header alone.</summary>
    /// <exception cref="DataException">It is missing, no such picture, or larger than <see cref="MaxPixels"/>.</exception>
    public static PictureSize ReadSize(string path)
    {
        // Headers of photos hold a small picture and more, rarely beyond this.
        const int HeaderBytes = 1 << 17;
        var start = ReadBytes(path, HeaderBytes);
        try
        {
            var (height, width) = CheckHeader(start, path);
            return ExifOrientation.IsOnSide(ExifOrientation.Read(start)) ? new(width, height) : new(height, width);
        }
        catch (DataException) when (start.Length == HeaderBytes)
        {
            var picture = Read(path);
            return new PictureSize(picture.Height, picture.Width);
        }
    }

    /// <summary>Decodes a file's bytes; the name is for messages.</summary>
    /// <exception cref="DataException">They are no such picture, damaged, or larger than <see cref="MaxPixels"/>.</exception>
    public static GreyPicture Decode(byte[] bytes, string name)
    {
        CheckHeader(bytes, name);
        CheckWhole(bytes, name);
        try
        {
            using var stream = new MemoryStream(bytes);
            var image = ImageResult.FromStream(stream, ColorComponents.RedGreenBlueAlpha);
            return ExifOrientation.Turn(ToGrey(image), ExifOrientation.Read(bytes));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The decoder has no exception of its own: damage shows as whatever its code stumbles over, with zeros of the file for
            // a message at times.
            var reason = e.Message.Any(char.IsAsciiLetter) ? $" ({e.Message.ReplaceLineEndings(" ")})" : "";
            throw new DataException($"{name}: the picture is damaged{reason}: save or copy it again", e);
        }
    }

    private static byte[] ReadBytes(string path, int most = int.MaxValue)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxFileLength)
            {
                throw new DataException(
                    $"{path}: {file.Length} bytes, expected at most {MaxFileLength}: make the picture smaller");
            }

            var bytes = new byte[Math.Min(most, file.Length)];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new DataException($"{path}: is a folder, expected a picture: give the pictures in it", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: no such file; check the path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Throws unless a header promises a picture of a size that can be decoded.</summary>
    private static (int Height, int Width) CheckHeader(byte[] bytes, string name)
    {
        if (ReadHeader(bytes) is not { } info)
        {
            throw new DataException(IsKnown(bytes)
                ? $"{name}: the picture's header is cut off or damaged: save or copy it again"
                : $"{name}: byte 0: expected a PNG, JPEG or BMP picture, found something else: convert it");
        }

        // Sizes are checked before anything of them is allocated: a header of 50 bytes can promise gigabytes.
        return info.Width >= 1 && info.Height >= 1 && (long)info.Width * info.Height <= MaxPixels
            ? (info.Height, info.Width)
            : throw new DataException(
                $"{name}: {info.Width}x{info.Height} pixels, expected at most {MaxPixels} in all: make it smaller");
    }

    /// <summary>Throws if a JPEG or BMP file ends before its picture does: the decoder would make up the rest.</summary>
    private static void CheckWhole(ReadOnlySpan<byte> bytes, string name)
    {
        var isWhole = bytes switch
        {
            [0xFF, 0xD8, ..] => bytes.LastIndexOf([(byte)0xFF, (byte)0xD9]) > 0,
            [(byte)'B', (byte)'M', ..] => bytes.Length >= LengthOfBmp(bytes),
            _ => true,
        };
        if (!isWhole)
        {
            throw new DataException($"{name}: the picture is cut off after byte {bytes.Length}: save or copy it again");
        }
    }

    /// <summary>How long an uncompressed BMP file of Windows' format must be; 0 for others.</summary>
    private static long LengthOfBmp(ReadOnlySpan<byte> bytes)
    {
        const int HeaderLength = 54;
        if (bytes.Length < HeaderLength)
        {
            return HeaderLength;
        }

        var (width, height) = ((long)ReadInt32LittleEndian(bytes[18..]), Math.Abs((long)ReadInt32LittleEndian(bytes[22..])));
        var (bits, compression) = (ReadUInt16LittleEndian(bytes[28..]), ReadInt32LittleEndian(bytes[30..]));
        var line = ((width * bits) + 31) / 32 * 4;
        return compression is 0 or 3 ? ReadUInt32LittleEndian(bytes[10..]) + (line * height) : 0;
    }

    /// <summary>Whether a file begins as those do that can be read.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> bytes) =>
        bytes is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] or [(byte)'B', (byte)'M', ..];

    private static ImageInfo? ReadHeader(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes);
            return ImageInfo.FromStream(stream);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The decoder has no exception of its own.
            return null;
        }
    }

    /// <summary>Luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, of the colours laid over white.</summary>
    private static GreyPicture ToGrey(ImageResult image)
    {
        var grey = new byte[image.Width * image.Height];
        for (var i = 0; i < grey.Length; i++)
        {
            var rgba = image.Data.AsSpan(4 * i, 4);
            var luma = 299 * rgba[0] + 587 * rgba[1] + 114 * rgba[2];
            grey[i] = (byte)((luma * rgba[3] + 255_000 * (255 - rgba[3]) + 127_500) / 255_000);
        }

        return new GreyPicture(image.Width, image.Height, grey);
    }
}
