namespace ScratchNet.Cli.Studio;

/// <summary>Numbers as signed bytes, which is enough for colours.</summary>
/// <param name="Limit">What 127 stands for.</param>
/// <param name="Bytes">The numbers.</param>
internal sealed record SignedValues(double Limit, byte[] Bytes)
{
    public static SignedValues Of(ReadOnlySpan<float> values)
    {
        var limit = 0f;
        foreach (var value in values)
        {
            limit = Math.Max(limit, Math.Abs(value));
        }

        var bytes = new byte[values.Length];
        for (var i = 0; i < values.Length && limit > 0; i++)
        {
            bytes[i] = unchecked((byte)(sbyte)Math.Round(127 * values[i] / limit));
        }

        return new SignedValues(limit, bytes);
    }
}
