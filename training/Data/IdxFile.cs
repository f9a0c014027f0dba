using System.Buffers.Binary;
using System.IO.Compression;
using ScratchNet.Kernels;

namespace ScratchNet.Training.Data;

/// <summary>The contents of an IDX file of unsigned bytes: the sizes of its dimensions and the values, row-major.</summary>
/// <param name="Dimensions">Sizes, slowest first: (count) for labels, (count, height, width) for pictures.</param>
/// <param name="Values">As many bytes as the product of the dimensions.</param>
public sealed record IdxArray(IReadOnlyList<int> Dimensions, byte[] Values);

/// <summary>
/// Reads and writes IDX files, the format of the MNIST database: two zero bytes, a type code, the number of dimensions,
/// each dimension as a big-endian 32-bit integer, then the values. Only type 8, unsigned bytes, is known here.
/// Source: "The IDX file format" on the MNIST database's page, http://yann.lecun.com/exdb/mnist.
/// </summary>
public static class IdxFile
{
    private const int UnsignedByteType = 8;
    private const int MaxDimensions = 4;

    /// <summary>
    /// Reads a file, gzipped or not (its first bytes tell). Sizes are checked against the length of the file before anything
    /// is allocated; from a gzip, whose contents' length is not known beforehand, memory grows only with what arrives.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">The number of dimensions it must have: 1 for labels, 3 for pictures.</param>
    /// <exception cref="DataException">
    /// The file is missing, truncated, damaged, longer than its header says, of another type or number of dimensions.
    /// </exception>
    public static IdxArray Read(string path, int dimensions)
    {
        using var source = IdxSource.Open(path);
        var sizes = ReadHeader(source, dimensions);
        var length = Product(source, sizes, Array.MaxLength);
        CheckLength(source, length);
        var values = source.ReadValues((int)length);
        source.ExpectEnd();
        return new IdxArray(sizes, values);
    }

    /// <summary>Where the values of an uncompressed file are, which may be more than memory holds.</summary>
    /// <exception cref="DataException">As <see cref="Read"/> says.</exception>
    internal static (int[] Sizes, long Offset) Locate(string path, int dimensions)
    {
        using var source = IdxSource.Open(path);
        var sizes = ReadHeader(source, dimensions);
        CheckLength(source, Product(source, sizes, long.MaxValue));
        return (sizes, source.Position);
    }

    /// <summary>Opens a file of any length, gzipped or not, at its first value.</summary>
    /// <exception cref="DataException">As <see cref="Read"/> says, but for what lies behind the header.</exception>
    internal static (IdxSource Source, int[] Sizes) Open(string path, int dimensions)
    {
        var source = IdxSource.Open(path);
        try
        {
            return (source, ReadHeader(source, dimensions));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Writes a file, gzipped when its name ends in .gz; it appears under its name only when complete.</summary>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <param name="dimensions">Sizes, slowest first, each at least 1; at most 4 of them.</param>
    /// <param name="values">As many bytes as the product of the dimensions.</param>
    /// <exception cref="ArgumentException">The dimensions do not multiply to the number of values.</exception>
    /// <exception cref="IOException">It cannot be written; an older file of that name is unchanged.</exception>
    public static void Write(string path, int[] dimensions, ReadOnlyMemory<byte> values)
    {
        long product = 1;
        foreach (var size in dimensions)
        {
            product = checked(product * size);
        }

        if (dimensions.Length is < 1 or > MaxDimensions || product != values.Length
            || dimensions.Any(size => size <= 0))
        {
            throw new ArgumentException(
                $"Dimensions {string.Join('x', dimensions)} do not hold {values.Length} values.");
        }

        AtomicFile.Write(path, file =>
        {
            using var gzip = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true)
                : null;
            var stream = gzip ?? file;
            WriteHeader(stream, dimensions);
            stream.Write(values.Span);
        });
    }

    /// <summary>Writes what stands before the values.</summary>
    internal static void WriteHeader(Stream stream, ReadOnlySpan<int> dimensions)
    {
        stream.Write([0, 0, UnsignedByteType, (byte)dimensions.Length]);
        Span<byte> bigEndian = stackalloc byte[4];
        foreach (var size in dimensions)
        {
            BinaryPrimitives.WriteInt32BigEndian(bigEndian, size);
            stream.Write(bigEndian);
        }
    }

    private static void CheckLength(IdxSource source, long length)
    {
        var available = source.ContentsLength - source.Position;
        if (available != null && available != length)
        {
            throw source.Error(source.Position + Math.Min(length, available.Value), $"{length} bytes of values", $"{available}",
                available < length ? IdxSource.Truncated : "the header is damaged, or the file has trailing bytes");
        }
    }

    private static int[] ReadHeader(IdxSource source, int dimensions)
    {
        Span<byte> magic = stackalloc byte[4];
        source.ReadHeaderPart(magic);
        var found = BinaryPrimitives.ReadUInt32BigEndian(magic);
        var expected = UnsignedByteType << 8 | (uint)dimensions;
        if (found != expected)
        {
            throw source.Error(0, $"magic number 0x{expected:X8} ({Describe(expected)})", $"0x{found:X8} ({Describe(found)})",
                "give the file of the other kind, or one in IDX format");
        }

        var sizes = new int[dimensions];
        Span<byte> bigEndian = stackalloc byte[4];
        for (var i = 0; i < sizes.Length; i++)
        {
            source.ReadHeaderPart(bigEndian);
            var size = BinaryPrimitives.ReadUInt32BigEndian(bigEndian);
            sizes[i] = size is >= 1 and <= int.MaxValue
                ? (int)size
                : throw source.Error(source.Position - 4, $"a size of dimension {i + 1} from 1 to {int.MaxValue}", $"{size}",
                    "the file is empty or its header is damaged");
        }

        return sizes;
    }

    private static long Product(IdxSource source, int[] sizes, long most)
    {
        Int128 product = 1;
        foreach (var size in sizes)
        {
            product *= size;
            if (product > most)
            {
                throw source.Error(4, $"at most {most} values", $"a header promising {string.Join('x', sizes)}",
                    "the header is damaged, or split the set into smaller files");
            }
        }

        return (long)product;
    }

    private static string Describe(uint magic) => magic switch
    {
        0x0801 => "labels",
        0x0803 => "pictures",
        > 0x0800 and <= 0x08FF => $"unsigned bytes in {magic & 0xFF} dimensions",
        > 0x0900 and <= 0x0EFF => "IDX of another type than unsigned bytes",
        _ => "not IDX",
    };
}
