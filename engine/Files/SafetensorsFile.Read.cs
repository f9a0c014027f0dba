using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ScratchNet.Engine.Files;

public sealed partial class SafetensorsFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are let through instead of being refused.</param>
    /// <exception cref="ModelFileException">It cannot be read, or is not what it should be in any way.</exception>
    public static SafetensorsFile Read(string path, bool allowNonFinite = false)
    {
        if (Directory.Exists(path))
        {
            throw new ModelFileException($"{path}: is a folder. Name a model file.");
        }

        try
        {
            // Unbuffered: values go straight into their arrays. Delete is shared so that a save can replace the file meanwhile.
            const FileShare Share = FileShare.Read | FileShare.Delete;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, Share, bufferSize: 0);
            return Read(stream, path, allowNonFinite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(
                $"{path}: cannot be read: {e.Message.TrimEnd('.')}. Check the name and its permissions.", e);
        }
    }

    /// <summary>Reads a file out of a stream, from its position to its end.</summary>
    /// <param name="stream">A stream that knows its length; nothing that the length does not bear out is ever allocated.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are let through instead of being refused.</param>
    /// <exception cref="ModelFileException">It is not what it should be in any way.</exception>
    public static SafetensorsFile Read(Stream stream, string name, bool allowNonFinite = false)
    {
        var length = stream.Length - stream.Position;
        var headerBytes = new byte[ReadHeaderLength(stream, length, name)];
        Fill(stream, headerBytes, HeaderStart, name);
        var header = SafetensorsHeaderParser.Parse(headerBytes, name);
        VerifyHeader(header, headerBytes, name);

        var dataStart = HeaderStart + headerBytes.Length;
        var entries = header.InDataOrder(dataStart, length - dataStart, name);
        var tensors = ReadData(stream, header, entries, dataStart, name);
        foreach (var entry in allowNonFinite ? [] : entries)
        {
            CheckFinite(tensors[entry.Name], dataStart + entry.Begin, name);
        }

        foreach (var key in header.Metadata.Keys.Where(ChecksumKeys.Has).ToArray())
        {
            header.Metadata.Remove(key);
        }

        return new SafetensorsFile(tensors, header.Metadata, name);
    }

    private static int ReadHeaderLength(Stream stream, long length, string name)
    {
        if (length < HeaderStart)
        {
            throw ModelFileException.At(name, length,
                $"the file ends here; expected at least {HeaderStart} bytes, found {length}");
        }

        var prefix = new byte[HeaderStart];
        Fill(stream, prefix, 0, name);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > LongestHeader)
        {
            throw ModelFileException.At(name, 0,
                $"the header's length is {headerLength} bytes, expected at most {LongestHeader}");
        }

        if ((long)headerLength > length - HeaderStart)
        {
            throw ModelFileException.At(name, 0,
                $"the header's length is {headerLength} bytes, but only {length - HeaderStart} bytes follow");
        }

        return (int)headerLength;
    }

    private static void VerifyHeader(SafetensorsHeader header, ReadOnlySpan<byte> bytes, string name)
    {
        var kind = ChecksumKeys.HeaderKind(header.Metadata);
        var dataKind = ChecksumKeys.DataKind(header.Metadata);
        if (kind is null != dataKind is null)
        {
            var either = (kind ?? dataKind)!.Value;
            throw ModelFileException.At(name, HeaderStart,
                $"one of {ChecksumKeys.Header(either)} and {ChecksumKeys.Data(either)} is missing");
        }

        if (kind is not null)
        {
            Compare(header, ChecksumKeys.Header(kind.Value), Checksum.Of(kind.Value, bytes[header.ChecksumEnd..]), HeaderStart, name);
        }
    }

    private static OrderedDictionary<string, StoredTensor> ReadData(
        Stream stream, SafetensorsHeader header, List<TensorEntry> entries, long dataStart, string name)
    {
        // Entered first in the header's order, then filled in the data's.
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var entry in header.Tensors.Values)
        {
            var values = GC.AllocateUninitializedArray<float>((int)((entry.End - entry.Begin) / sizeof(float)));
            tensors.Add(entry.Name, new StoredTensor(entry.Name, entry.Shape, values));
        }

        var kind = ChecksumKeys.DataKind(header.Metadata);
        using var checksum = kind is null ? null : Checksum.Begin(kind.Value);
        foreach (var entry in entries)
        {
            var bytes = Bytes(tensors[entry.Name].Values);
            Fill(stream, bytes, dataStart + entry.Begin, name);
            checksum?.Add(bytes);
        }

        if (checksum is not null)
        {
            Compare(header, ChecksumKeys.Data(kind!.Value), checksum.Digits(), dataStart, name);
        }

        return tensors;
    }

    private static void Compare(SafetensorsHeader header, string key, string found, long offset, string name)
    {
        var expected = header.Metadata[key];
        if (found != expected)
        {
            throw ModelFileException.At(name, offset,
                $"{key} does not match: expected {ModelFileException.Quote(expected)}, found \"{found}\"",
                "The file was changed or damaged after it was saved; take another copy or save it again.");
        }
    }

    private static void CheckFinite(StoredTensor tensor, long offset, string name)
    {
        var index = FirstNonFinite(tensor.Values);
        if (index >= 0)
        {
            throw ModelFileException.At(name, offset + ((long)index * sizeof(float)),
                $"tensor {ModelFileException.Quote(tensor.Name)} holds {tensor.Values[index]} at element {index}, " +
                "expected finite numbers", "The training diverged before this was saved; go back to an earlier file.");
        }
    }

    // A float is infinite or NaN when all bits of its exponent are set: two ranges of its bits, one for each sign.
    private static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var negative = bits.IndexOfAnyInRange(0xFF800000u, 0xFFFFFFFFu);
        var positive = (negative < 0 ? bits : bits[..negative]).IndexOfAnyInRange(0x7F800000u, 0x7FFFFFFFu);
        return positive >= 0 ? positive : negative;
    }

    private static void Fill(Stream stream, Span<byte> bytes, long offset, string name)
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw ModelFileException.At(name, offset + read,
                $"the file ended here while it was read, {bytes.Length - read} bytes early");
        }
    }
}
