using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// A method's instructions for the .NET runtime (ECMA-335, partition III), one a line: what ILGPU and the JIT start from.
/// </summary>
internal static class IlText
{
    /// <summary>Lead byte of the opcodes that are two bytes long.</summary>
    private const byte LongOpCode = 0xFE;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The instructions of a method that has a body.</summary>
    public static string Of(MethodInfo method)
    {
        var il = method.GetMethodBody()!.GetILAsByteArray()!;
        var text = new StringBuilder().AppendLine($"// {TypeName(method.DeclaringType!)}.{method.Name}");
        var place = 0;
        while (place < il.Length)
        {
            var start = place;
            var isLong = il[place] == LongOpCode;
            var code = OpCodesByValue[isLong ? (short)((LongOpCode << 8) | il[place + 1]) : il[place]];
            place += isLong ? 2 : 1;
            var operand = Operand(method, code.OperandType, il.AsSpan(place), place, out var length);
            place += length;
            text.AppendLine($"IL_{start:x4}: {code.Name,-14} {operand}".TrimEnd());
        }

        return text.ToString();
    }

    private static string Operand(MethodInfo method, OperandType type, ReadOnlySpan<byte> bytes, int place, out int length)
    {
        length = type switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            _ => 4,
        };
        return type switch
        {
            OperandType.InlineNone => "",
            OperandType.ShortInlineBrTarget => Label(place + 1 + (sbyte)bytes[0]),
            OperandType.InlineBrTarget => Label(place + 4 + BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            OperandType.ShortInlineI => $"{(sbyte)bytes[0]}",
            OperandType.ShortInlineVar => $"{bytes[0]}",
            OperandType.InlineVar => $"{BinaryPrimitives.ReadUInt16LittleEndian(bytes)}",
            OperandType.InlineI => $"{BinaryPrimitives.ReadInt32LittleEndian(bytes)}",
            OperandType.InlineI8 => $"{BinaryPrimitives.ReadInt64LittleEndian(bytes)}",
            OperandType.ShortInlineR => Number(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            OperandType.InlineR => Number(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
            OperandType.InlineSwitch => Labels(bytes[4..length], place + length),
            OperandType.InlineString => $"\"{method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(bytes))}\"",
            OperandType.InlineSig => "signature",
            _ => Member(method, BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        };
    }

    private static string Member(MethodInfo method, int token)
    {
        var typeArguments = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var member = method.Module.ResolveMember(token, typeArguments, methodArguments)!;
        return member is Type type ? TypeName(type)
            : member.DeclaringType is { } owner ? $"{TypeName(owner)}.{member.Name}" : member.Name;
    }

    private static string Labels(ReadOnlySpan<byte> targets, int origin)
    {
        var labels = new List<string>();
        for (var i = 0; i < targets.Length; i += 4)
        {
            labels.Add(Label(origin + BinaryPrimitives.ReadInt32LittleEndian(targets[i..])));
        }

        return string.Join(", ", labels);
    }

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Label(int place) => $"IL_{place:x4}";

    private static string TypeName(Type type) => !type.IsGenericType ? type.Name
        : $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";
}
