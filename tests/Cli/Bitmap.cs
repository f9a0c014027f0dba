using System.Buffers.Binary;

namespace ScratchNet.Tests.Cli;

/// <summary>Writes grey pictures as uncompressed BMP files of 24 bits a pixel.</summary>
internal static class Bitmap
{
    private const int HeaderLength = 54;

    public static void Write(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        var stride = ((3 * width) + 3) / 4 * 4;
        var file = new byte[HeaderLength + (stride * height)];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        (int Offset, int Value)[] fields = [(2, file.Length), (10, HeaderLength), (14, 40), (18, width), (22, height),
            (26, 1 | (24 << 16))];
        foreach (var (offset, value) in fields)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
        }

        for (var i = 0; i < pixels.Length; i++)
        {
            // Rows stand from the bottom up.
            var (row, column) = (height - 1 - (i / width), i % width);
            file.AsSpan(HeaderLength + (row * stride) + (3 * column), 3).Fill(pixels[i]);
        }

        File.WriteAllBytes(path, file);
    }
}
