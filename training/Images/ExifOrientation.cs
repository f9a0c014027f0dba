using System.Buffers.Binary;

namespace ScratchNet.Training.Images;

/// <summary>
/// Which way up a JPEG photo is: cameras store pixels as the sensor gave them and note how the camera was held. Source: CIPA
/// DC-008, "Exchangeable image file format for digital still cameras: Exif Version 2.32", 4.5 (the APP1 segment) and 4.6.4, tag
/// 0x0112.
/// </summary>
internal static class ExifOrientation
{
    /// <summary>Pixels as they are stored.</summary>
    public const int Upright = 1;

    private const ushort OrientationTag = 0x0112;
    private const int EntryLength = 12;
    private const byte App1 = 0xE1;
    private const byte StartOfScan = 0xDA;

    /// <summary>The orientation that a JPEG file notes, 1 to 8; 1 where it notes none, or something else than one.</summary>
    public static int Read(ReadOnlySpan<byte> file)
    {
        if (file is not [0xFF, 0xD8, ..])
        {
            return Upright;
        }

        // Segments: FF, a marker, and a big-endian length that counts itself but not the marker.
        for (var at = 2; at + 4 <= file.Length && file[at] == 0xFF && file[at + 1] != StartOfScan;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            var segment = file[(at + 4)..Math.Clamp(at + 2 + length, at + 4, file.Length)];
            if (file[at + 1] == App1 && segment.StartsWith("Exif\0\0"u8))
            {
                return ReadTiff(segment[6..]);
            }

            at += 2 + length;
        }

        return Upright;
    }

    /// <summary>Whether an orientation makes rows of columns.</summary>
    public static bool IsOnSide(int orientation) => orientation >= 5;

    /// <summary>A picture turned and mirrored to be upright.</summary>
    public static GreyPicture Turn(GreyPicture picture, int orientation)
    {
        if (orientation == Upright)
        {
            return picture;
        }

        var (width, height) = IsOnSide(orientation) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        var (lastX, lastY) = (picture.Width - 1, picture.Height - 1);
        var pixels = new byte[picture.Pixels.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (storedX, storedY) = orientation switch
                {
                    2 => (lastX - x, y),
                    3 => (lastX - x, lastY - y),
                    4 => (x, lastY - y),
                    5 => (y, x),
                    6 => (y, lastY - x),
                    7 => (lastX - y, lastY - x),
                    _ => (lastX - y, x),
                };
                pixels[(y * width) + x] = picture.Pixels[(storedY * picture.Width) + storedX];
            }
        }

        return new GreyPicture(width, height, pixels);
    }

    /// <summary>Finds the tag in the first directory of a TIFF, which is in either byte order.</summary>
    private static int ReadTiff(ReadOnlySpan<byte> tiff)
    {
        var isLittle = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || (!isLittle && !tiff.StartsWith("MM"u8)))
        {
            return Upright;
        }

        var directory = isLittle
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
        {
            return Upright;
        }

        var entries = Short(tiff[(int)directory..]);
        for (var at = (int)directory + 2; entries > 0 && at + EntryLength <= tiff.Length; at += EntryLength, entries--)
        {
            if (Short(tiff[at..]) == OrientationTag)
            {
                // Behind the tag: its type and count, then the value.
                var value = Short(tiff[(at + 8)..]);
                return value is >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;

        int Short(ReadOnlySpan<byte> at) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }
}
