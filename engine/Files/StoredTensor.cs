namespace ScratchNet.Engine.Files;

/// <summary>A tensor as it lies in a model file: a name, a shape and its float32 values, row-major.</summary>
/// <param name="Name">Any text but <c>__metadata__</c>, which the format keeps for itself.</param>
/// <param name="Shape">Sizes from the outermost dimension to the innermost; empty for a single number.</param>
/// <param name="Values">As many values as the product of the shape.</param>
public sealed record StoredTensor(string Name, int[] Shape, float[] Values)
{
    /// <summary>The most values one tensor can have: its bytes must fit in one span.</summary>
    public const int MostValues = int.MaxValue / sizeof(float);

    /// <summary>A shape as people write it, <c>[784, 128]</c>.</summary>
    /// <param name="shape">Sizes from the outermost dimension to the innermost.</param>
    internal static string Format(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Whether a tensor can have a shape: no size is negative, and there are not too many values.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="count">The number of values, if it can.</param>
    internal static bool CanHave(int[] shape, out long count)
    {
        count = 0;
        return Array.TrueForAll(shape, size => size >= 0) && TryCount(shape, out count) && count <= MostValues;
    }

    /// <summary>The product of a shape; 1 for an empty one.</summary>
    /// <param name="shape">Sizes, none negative.</param>
    /// <param name="count">The product, if it fits into 64 bits.</param>
    /// <returns>Whether it does.</returns>
    internal static bool TryCount(ReadOnlySpan<int> shape, out long count)
    {
        count = 1;
        foreach (var size in shape)
        {
            if (size > 0 && count > long.MaxValue / size)
            {
                return false;
            }

            count *= size;
        }

        return true;
    }
}
