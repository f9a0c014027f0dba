using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScratchNet.Engine.Files;

public sealed partial class SafetensorsFile
{
    private const int Alignment = 8;

    // What a header with checksums starts with; the checksum's digits and its closing quote follow.
    private static readonly byte[] HeaderChecksumPrefix =
        Encoding.UTF8.GetBytes($"{{\"{MetadataKey}\":{{\"{HeaderChecksumKey}\":\"");

    /// <summary>Writes the file whole or not at all (<see cref="AtomicFile"/>). The same content gives the same bytes.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="checksum">Whether to add the checksums.</param>
    /// <exception cref="IOException">It cannot be written; one line says which and why. The older file stands.</exception>
    public void Write(string path, bool checksum = true) => AtomicFile.Write(path, stream => Write(stream, checksum));

    /// <summary>Writes the file to a stream.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="checksum">Whether to add the checksums.</param>
    public void Write(Stream stream, bool checksum = true)
    {
        var header = checksum ? HeaderWithChecksums() : Header([]);
        Span<byte> length = stackalloc byte[HeaderStart];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in _tensors.Values)
        {
            stream.Write(Bytes(tensor.Values));
        }
    }

    private byte[] HeaderWithChecksums()
    {
        using var data = DataChecksum.Begin(HasFastChecksum);
        foreach (var tensor in _tensors.Values)
        {
            data.Add(Bytes(tensor.Values));
        }

        // The header is made with an empty place for its own checksum, which covers what follows that place.
        var digits = 2 * SHA256.HashSizeInBytes;
        var header = Header([
            new(HeaderChecksumKey, new string('0', digits)),
            new(data.Key, data.Digits()),
        ]);
        var place = HeaderChecksumPrefix.Length;
        var checksum = SHA256.HashData(header.AsSpan(place + digits + 1));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(checksum), header.AsSpan(place));
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

        var padding = -(HeaderStart + buffer.WrittenCount) & (Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenCount <= LongestHeader
            ? buffer.WrittenSpan.ToArray()
            : throw new InvalidOperationException(
                $"The header would have {buffer.WrittenCount} bytes; at most {LongestHeader} are allowed. Keep less metadata.");
    }

    private static void WriteMetadata(Utf8JsonWriter json, KeyValuePair<string, string>[] metadata)
    {
        if (metadata.Length == 0)
        {
            return;
        }

        json.WriteStartObject(MetadataKey);
        foreach (var (key, value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private void WriteTensors(Utf8JsonWriter json)
    {
        var begin = 0L;
        foreach (var tensor in _tensors.Values)
        {
            var end = begin + ((long)tensor.Values.Length * sizeof(float));
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
