using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace ScratchNet.Tests.Engine.Files;

/// <summary>
/// A second reader of the format, written from its specification alone and with nothing of the engine in it; and the means
/// to put files together byte by byte.
/// </summary>
internal static class PlainSafetensors
{
    public sealed record Tensor(string Name, int[] Shape, uint[] Bits);

    public static (Dictionary<string, string> Metadata, List<Tensor> Tensors) Parse(byte[] file)
    {
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        var data = file.AsMemory(8 + headerLength);
        var metadata = new Dictionary<string, string>();
        var tensors = new List<Tensor>();
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                metadata = entry.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
                continue;
            }

            Assert(entry.Value.GetProperty("dtype").GetString() == "F32");
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32()).ToArray();
            var bytes = data[offsets[0]..offsets[1]].ToArray();
            Assert(bytes.Length == shape.Aggregate(4, (product, size) => product * size));
            tensors.Add(new Tensor(entry.Name, shape, [.. bytes.Chunk(4).Select(four => BitConverter.ToUInt32(four))]));
        }

        return (metadata, tensors);
    }

    /// <summary>A file with a given header text, as it stands and unpadded, and data bytes.</summary>
    public static byte[] Build(string header, params byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. data];
    }

    private static void Assert(bool holds) => Xunit.Assert.True(holds);
}
