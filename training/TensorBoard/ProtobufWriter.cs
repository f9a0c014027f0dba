using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ScratchNet.Training.TensorBoard;

/// <summary>
/// Writes fields in the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/): each is a key, which
/// is <c>field number · 8 + wire type</c> as a varint, followed by the value.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int LengthType = 2;
    private const int Fixed32Type = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>All that was written.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public void Integer(int field, long value)
    {
        Varint((ulong)((field * 8) + VarintType));
        Varint((ulong)value);
    }

    public void Double(int field, double value)
    {
        Varint((ulong)((field * 8) + Fixed64Type));
        Fixed(value);
    }

    public void Float(int field, float value)
    {
        Varint((ulong)((field * 8) + Fixed32Type));
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
    }

    public void Text(int field, string value) => Data(field, Encoding.UTF8.GetBytes(value));

    public void Data(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)((field * 8) + LengthType));
        Varint((ulong)value.Length);
        _bytes.Write(value);
    }

    /// <summary>A repeated field of doubles, packed.</summary>
    public void Doubles(int field, IReadOnlyCollection<double> values)
    {
        Varint((ulong)((field * 8) + LengthType));
        Varint((ulong)values.Count * sizeof(double));
        foreach (var value in values)
        {
            Fixed(value);
        }
    }

    public void Message(int field, Action<ProtobufWriter> write)
    {
        var message = new ProtobufWriter();
        write(message);
        Data(field, message.Bytes);
    }

    private void Fixed(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), value);
        _bytes.Advance(sizeof(double));
    }

    /// <summary>Seven bits a byte, the lowest first; the eighth bit says that more follow.</summary>
    private void Varint(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
