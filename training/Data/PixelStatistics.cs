using System.Numerics;

namespace ScratchNet.Training.Data;

/// <summary>Mean and deviation of many bytes, from exact integer sums.</summary>
internal static class PixelStatistics
{
    // A 32-bit lane takes four squares of at most 255² from each vector, so 8192 vectors stay below 2^32.
    private const int VectorsPerBlock = 8192;

    /// <summary>Mean and population standard deviation of a set's bytes / 255.</summary>
    public static (double Mean, double StandardDeviation) MeanAndDeviation(Dataset dataset)
    {
        long sum = 0, squares = 0;
        var picture = new byte[dataset.Features];
        for (var i = 0; i < dataset.Count; i++)
        {
            dataset.CopyImage(i, picture);
            var (pictureSum, pictureSquares) = Sums(picture);
            (sum, squares) = (sum + pictureSum, squares + pictureSquares);
        }

        var mean = (double)sum / dataset.PixelBytes;
        var variance = Math.Max(0, (double)squares / dataset.PixelBytes - mean * mean);
        return (mean / 255, Math.Sqrt(variance) / 255);
    }

    private static (long Sum, long Squares) Sums(ReadOnlySpan<byte> pixels)
    {
        long sum = 0, squares = 0;
        while (pixels.Length >= Vector<byte>.Count)
        {
            var block = pixels[..(Math.Min(VectorsPerBlock, pixels.Length / Vector<byte>.Count) * Vector<byte>.Count)];
            Vector<uint> blockSum = default, blockSquares = default;
            for (var i = 0; i < block.Length; i += Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(block[i..]), out var low, out var high);
                Vector.Widen(low + high, out var sumLow, out var sumHigh);
                Vector.Widen(low * low, out var lowLow, out var lowHigh);
                Vector.Widen(high * high, out var highLow, out var highHigh);
                blockSum += sumLow + sumHigh;
                blockSquares += lowLow + lowHigh + highLow + highHigh;
            }

            for (var lane = 0; lane < Vector<uint>.Count; lane++)
            {
                sum += blockSum[lane];
                squares += blockSquares[lane];
            }

            pixels = pixels[block.Length..];
        }

        foreach (var pixel in pixels)
        {
            sum += pixel;
            squares += pixel * pixel;
        }

        return (sum, squares);
    }
}
