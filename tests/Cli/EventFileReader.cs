using System.Buffers.Binary;
using System.Text;

namespace ScratchNet.Tests.Cli;

/// <summary>One value of a TensorBoard event.</summary>
internal sealed record EventValue(long Step, string Tag, float? Scalar, double[]? Counts, byte[]? Picture);

/// <summary>
/// Reads TensorBoard event files for the tests: written from the formats' descriptions alone, with a CRC-32C computed bit by bit,
/// so that it shares no mistake with the writer.
/// </summary>
internal static class EventFileReader
{
    /// <summary>Every value, and the file's version and first step; throws where a checksum is wrong.</summary>
    public static (string Version, long FirstStep, EventValue[] Values) Read(byte[] file)
    {
        var (version, firstStep, values) = ("", -1L, new List<EventValue>());
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Check(file.AsSpan(at, 8), file.AsSpan(at + 8));
            Check(file.AsSpan(at + 12, length), file.AsSpan(at + 12 + length));
            var fields = Fields(file.AsMemory(at + 12, length));
            var step = fields.Where(f => f.Number == 2).Select(f => (long)f.Whole).SingleOrDefault();
            version += string.Concat(fields.Where(f => f.Number == 3).Select(f => Encoding.UTF8.GetString(f.Bytes.Span)));
            firstStep = fields.Any(f => f.Number == 7) ? step : firstStep;
            values.AddRange(fields.Where(f => f.Number == 5).SelectMany(f => Fields(f.Bytes)).Select(f => Value(step, f.Bytes)));
            at += 16 + length;
        }

        return (version, firstStep, [.. values]);
    }

    private static EventValue Value(long step, ReadOnlyMemory<byte> message)
    {
        var fields = Fields(message);
        var histogram = fields.Where(f => f.Number == 5).Select(f => Fields(f.Bytes)).SingleOrDefault();
        var picture = fields.Where(f => f.Number == 4).Select(f => Fields(f.Bytes)).SingleOrDefault();
        return new EventValue(step,
            Encoding.UTF8.GetString(fields.Single(f => f.Number == 1).Bytes.Span),
            fields.Where(f => f.Number == 2)
                .Select(f => (float?)BitConverter.UInt32BitsToSingle((uint)f.Whole)).SingleOrDefault(),
            histogram is null ? null : Doubles(histogram.Single(f => f.Number == 7).Bytes),
            picture?.Single(f => f.Number == 4).Bytes.ToArray());
    }

    private static double[] Doubles(ReadOnlyMemory<byte> packed) =>
        [.. Enumerable.Range(0, packed.Length / 8).Select(i => BinaryPrimitives.ReadDoubleLittleEndian(packed.Span[(8 * i)..]))];

    private static List<(int Number, ulong Whole, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        List<(int, ulong, ReadOnlyMemory<byte>)> fields = [];
        for (var at = 0; at < message.Length;)
        {
            var key = Varint();
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add((number, Varint(), default));
                    break;
                case 1:
                    fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    fields.Add((number, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }

            ulong Varint()
            {
                var value = 0UL;
                for (var shift = 0; ; shift += 7)
                {
                    var next = message.Span[at++];
                    value |= (ulong)(next & 127) << shift;
                    if (next < 128)
                    {
                        return value;
                    }
                }
            }
        }

        return fields;
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stored)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0x82F63B78 * (crc & 1));
            }
        }

        crc = ~crc;
        if ((((crc >> 15) | (crc << 17)) + 0xA282EAD8u) != BinaryPrimitives.ReadUInt32LittleEndian(stored))
        {
            throw new InvalidDataException("a checksum is wrong");
        }
    }
}
