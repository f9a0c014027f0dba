using System.Numerics;
using System.Runtime.InteropServices;

namespace ScratchNet.Training.Data;

/// <summary>A sample that is near to a picture.</summary>
/// <param name="Index">Which sample of the data set.</param>
/// <param name="Distance">Its distance: the root of the mean squared difference of the pixels, 0 to 255.</param>
public readonly record struct Neighbour(int Index, double Distance);

/// <summary>Finds the samples of a data set that look most like a picture, by comparing it with each of them.</summary>
/// <param name="dataset">The data set.</param>
public sealed class NearestSamples(Dataset dataset)
{
    private const int MostSteps = 16_000;

    /// <summary>The nearest samples, nearest first.</summary>
    /// <param name="picture">(features) bytes.</param>
    /// <param name="count">How many, at least 1; fewer where the data set has fewer.</param>
    /// <param name="except">A sample to leave out, for measuring a data set against itself; -1 for none.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public IReadOnlyList<Neighbour> Find(ReadOnlySpan<byte> picture, int count, int except = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (picture.Length != dataset.Features)
        {
            throw new ArgumentException($"A picture of {picture.Length} pixels is compared with pictures of {dataset.Features}.");
        }

        // The nearest so far, farthest on top: what is farther than that is passed over.
        var nearest = new PriorityQueue<int, long>(count + 1);
        for (var i = 0; i < dataset.Count; i++)
        {
            if (i != except)
            {
                Offer(nearest, count, i, picture, dataset.Image(i));
            }
        }

        return [.. nearest.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element)
            .Select(item => new Neighbour(item.Element, Math.Sqrt(-item.Priority / (double)dataset.Features)))];
    }

    /// <summary>
    /// How far the farthest of the usual samples is from its nearest neighbour: a picture that is farther away than this is
    /// unlike what is in the data set.
    /// </summary>
    /// <param name="samples">How many samples to measure, evenly over the data set.</param>
    /// <param name="share">The share of them that is usual, such as 0.99.</param>
    public double UsualDistance(int samples, double share)
    {
        var count = Math.Min(samples, dataset.Count);
        var distances = Enumerable.Range(0, count).Select(i => (int)((long)i * dataset.Count / count))
            .Select(index => Find(dataset.Image(index), 1, index) is [var nearest] ? nearest.Distance : 0)
            .Order().ToArray();
        return distances[(int)Math.Min(count - 1, share * count)];
    }

    /// <summary>The sum of the squared differences of bytes.</summary>
    internal static long SquaredDistance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var va = MemoryMarshal.Cast<byte, Vector<byte>>(a);
        var vb = MemoryMarshal.Cast<byte, Vector<byte>>(b);

        // A lane adds at most 4 · 255² in a step, so 32 bits have room for that many.
        var sum = Vector<uint>.Zero;
        long total = 0;
        for (var i = 0; i < va.Length; i++)
        {
            // 255² just fits 16 bits.
            var difference = Vector.Max(va[i], vb[i]) - Vector.Min(va[i], vb[i]);
            Vector.Widen(difference, out var low, out var high);
            Vector.Widen(low * low, out var first, out var second);
            Vector.Widen(high * high, out var third, out var fourth);
            sum += first + second + (third + fourth);
            if ((i + 1) % MostSteps == 0)
            {
                total += Total(sum);
                sum = Vector<uint>.Zero;
            }
        }

        total += Total(sum);
        for (var i = va.Length * Vector<byte>.Count; i < a.Length; i++)
        {
            total += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return total;
    }

    private static long Total(Vector<uint> lanes)
    {
        var total = 0L;
        for (var i = 0; i < Vector<uint>.Count; i++)
        {
            total += lanes[i];
        }

        return total;
    }

    /// <summary>
    /// Digits differ most in their middle: a quarter of the pixels there is compared first, and most samples are already too far
    /// away by that.
    /// </summary>
    private static void Offer(
        PriorityQueue<int, long> nearest, int count, int index, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var isFull = nearest.Count == count;
        var most = isFull && nearest.TryPeek(out _, out var farthest) ? -farthest : long.MaxValue;
        var (start, end) = (WholeVectors(a.Length * 3 / 8), WholeVectors(a.Length * 5 / 8));
        var distance = SquaredDistance(a[start..end], b[start..end]);
        if (distance >= most)
        {
            return;
        }

        distance += SquaredDistance(a[..start], b[..start]) + SquaredDistance(a[end..], b[end..]);
        if (!isFull)
        {
            nearest.Enqueue(index, -distance);
        }
        else if (distance < most)
        {
            nearest.DequeueEnqueue(index, -distance);
        }
    }

    private static int WholeVectors(int bytes) => bytes / Vector<byte>.Count * Vector<byte>.Count;
}
