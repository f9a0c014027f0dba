using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScratchNet.Engine.Files;

/// <summary>
/// Writes a safetensors file (<see cref="SafetensorsFile"/> describes it) in one pass over the tensors, which are read where they
/// live. The checksums stand before the data: their places are left empty, and filled when the data have passed.
/// </summary>
public sealed class SafetensorsWriter
{
    private const int Alignment = 8;

    private readonly ChecksumKind _kind;
    private readonly TensorSource[] _tensors;
    private readonly KeyValuePair<string, string>[] _metadata;

    // What a header with checksums starts with; the checksum's digits and its closing quote follow.
    private readonly byte[] _checksumPrefix;

    /// <summary>A file to be written.</summary>
    /// <param name="tensors">The tensors, in the order in which they shall lie in the file.</param>
    /// <param name="metadata">Texts to keep with them.</param>
    /// <param name="kind">Which checksum guards the file.</param>
    /// <exception cref="ArgumentException">
    /// A name comes twice, is <c>__metadata__</c> or one of the checksums' keys, or is no valid UTF-16; or a tensor has more
    /// values than <see cref="StoredTensor.MostValues"/>. Such a file could not be read again.
    /// </exception>
    public SafetensorsWriter(
        IEnumerable<TensorSource> tensors, IEnumerable<KeyValuePair<string, string>> metadata, ChecksumKind kind)
    {
        _kind = kind;
        _tensors = [.. tensors];
        _metadata = [.. metadata];
        _checksumPrefix = Encoding.UTF8.GetBytes($"{{\"{SafetensorsFile.MetadataKey}\":{{\"{ChecksumKeys.Header(kind)}\":\"");
        var keys = new HashSet<string>();
        foreach (var (key, value) in _metadata)
        {
            SafetensorsFile.CheckMetadata(key, value, isNew: keys.Add(key));
        }

        var names = new HashSet<string>();
        foreach (var tensor in _tensors)
        {
            SafetensorsFile.CheckName(tensor.Name, isNew: names.Add(tensor.Name));
            if (!StoredTensor.CanHave(tensor.Shape, out _))
            {
                throw new ArgumentException($"Tensor {ModelFileException.Quote(tensor.Name)} of shape "
                    + $"{StoredTensor.Format(tensor.Shape)} is not possible: sizes are at least 0, and values at most "
                    + $"{StoredTensor.MostValues}.");
            }
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; it must be able to seek if there are checksums.</param>
    /// <param name="checksum">Whether to add the checksums.</param>
    public void Write(Stream stream, bool checksum = true)
    {
        using var data = checksum ? Checksum.Begin(_kind) : null;
        var start = checksum ? stream.Position : 0;
        WriteHeader(stream, HeaderWith(data));
        foreach (var tensor in _tensors)
        {
            tensor.Read(values =>
            {
                var bytes = MemoryMarshal.AsBytes(values);
                data?.Add(bytes);
                stream.Write(bytes);
            });
        }

        if (data is not null)
        {
            var end = stream.Position;
            stream.Position = start;
            WriteHeader(stream, HeaderWith(data));
            stream.Position = end;
        }
    }

    private static void WriteHeader(Stream stream, byte[] header)
    {
        Span<byte> length = stackalloc byte[SafetensorsFile.HeaderStart];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
    }

    /// <summary>The header with the checksum of what has passed so far: as long as it will be when all has passed.</summary>
    private byte[] HeaderWith(Checksum? data)
    {
        if (data is null)
        {
            return Header([]);
        }

        // The header is made with an empty place for its own checksum, which covers what follows that place.
        var digits = data.Digits();
        var header = Header([
            new(ChecksumKeys.Header(_kind), new string('0', digits.Length)),
            new(ChecksumKeys.Data(_kind), digits),
        ]);
        var place = _checksumPrefix.Length;
        var checksum = Checksum.Of(_kind, header.AsSpan(place + digits.Length + 1));
        Encoding.ASCII.GetBytes(checksum, header.AsSpan(place));
        return header;
    }

    private byte[] Header(KeyValuePair<string, string>[] checksums)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            WriteMetadata(json, [.. checksums, .. _metadata]);
            WriteTensors(json);
            json.WriteEndObject();
        }

        var padding = -(SafetensorsFile.HeaderStart + buffer.WrittenCount) & (Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenCount <= SafetensorsFile.LongestHeader
            ? buffer.WrittenSpan.ToArray()
            : throw new InvalidOperationException(
                $"The header would have {buffer.WrittenCount} bytes; at most {SafetensorsFile.LongestHeader} are allowed. "
                + "Keep less metadata.");
    }

    private static void WriteMetadata(Utf8JsonWriter json, KeyValuePair<string, string>[] metadata)
    {
        if (metadata.Length == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsFile.MetadataKey);
        foreach (var (key, value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private void WriteTensors(Utf8JsonWriter json)
    {
        var begin = 0L;
        foreach (var tensor in _tensors)
        {
            var end = begin + (tensor.Count * sizeof(float));
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", "F32");
            WriteNumbers(json, "shape", Array.ConvertAll(tensor.Shape, size => (long)size));
            WriteNumbers(json, "data_offsets", [begin, end]);
            json.WriteEndObject();
            begin = end;
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
