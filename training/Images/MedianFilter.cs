using System.Numerics;

namespace ScratchNet.Training.Images;

/// <summary>
/// Replaces every pixel by the median of the 3x3 pixels around it, which removes single wrong pixels (salt and pepper) and keeps
/// edges. Pixels beyond the edge count as the nearest one of the edge. Source: Tukey, "Exploratory Data Analysis", 1977, chapter
/// 7.
/// </summary>
internal static class MedianFilter
{
    /// <summary>Filters a (height x width) picture in place.</summary>
    public static void Apply(Span<byte> picture, int height, int width)
    {
        // Three lines with a pixel more at either end. The one above is kept as it was, since its place has been filtered
        // already.
        var above = new byte[width + 2];
        var line = new byte[width + 2];
        var below = new byte[width + 2];
        Widen(picture[..width], above);
        above.CopyTo(line, 0);
        for (var y = 0; y < height; y++)
        {
            Widen(picture.Slice(Math.Min(y + 1, height - 1) * width, width), below);
            FilterLine(above, line, below, picture.Slice(y * width, width));
            (above, line, below) = (line, below, above);
        }
    }

    private static void Widen(ReadOnlySpan<byte> line, Span<byte> widened)
    {
        line.CopyTo(widened[1..]);
        (widened[0], widened[^1]) = (line[0], line[^1]);
    }

    private static void FilterLine(byte[] above, byte[] line, byte[] below, Span<byte> result)
    {
        var x = 0;
        for (; x <= result.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Median(Three(above, x), Three(line, x), Three(below, x)).CopyTo(result[x..]);
        }

        for (; x < result.Length; x++)
        {
            Span<byte> nine =
                [above[x], above[x + 1], above[x + 2], line[x], line[x + 1], line[x + 2], below[x], below[x + 1], below[x + 2]];
            nine.Sort();
            result[x] = nine[4];
        }
    }

    /// <summary>A pixel's left neighbour, itself and its right neighbour in order, for as many pixels as a vector has
    /// lanes.</summary>
    private static (Vector<byte> Low, Vector<byte> Middle, Vector<byte> High) Three(byte[] line, int x) =>
        Sort(new Vector<byte>(line, x), new Vector<byte>(line, x + 1), new Vector<byte>(line, x + 2));

    /// <summary>
    /// The median of nine from three sorted columns: it is the middle one of the largest low, the middle middle and the smallest
    /// high (Smith, "Implementing median filters in XC4000E FPGAs", Xcell 23, 1996).
    /// </summary>
    private static Vector<byte> Median(
        (Vector<byte> Low, Vector<byte> Middle, Vector<byte> High) a,
        (Vector<byte> Low, Vector<byte> Middle, Vector<byte> High) b,
        (Vector<byte> Low, Vector<byte> Middle, Vector<byte> High) c)
    {
        var low = Vector.Max(a.Low, Vector.Max(b.Low, c.Low));
        var middle = Sort(a.Middle, b.Middle, c.Middle).Middle;
        var high = Vector.Min(a.High, Vector.Min(b.High, c.High));
        return Sort(low, middle, high).Middle;
    }

    private static (Vector<byte> Low, Vector<byte> Middle, Vector<byte> High) Sort(Vector<byte> a, Vector<byte> b, Vector<byte> c)
    {
        (a, b) = (Vector.Min(a, b), Vector.Max(a, b));
        (b, c) = (Vector.Min(b, c), Vector.Max(b, c));
        (a, b) = (Vector.Min(a, b), Vector.Max(a, b));
        return (a, b, c);
    }
}
