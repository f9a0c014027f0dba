namespace ScratchNet.Training.Metrics;

/// <summary>How values are spread: counts in bins of equal width between the least and the greatest, and their moments.</summary>
public sealed class Histogram
{
    /// <summary>Counts values. Those that are not finite are left out, and counted apart.</summary>
    /// <param name="values">The values.</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public Histogram(ReadOnlySpan<float> values, int bins = 40)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        Counts = new long[bins];
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                (min, max) = (Math.Min(min, value), Math.Max(max, value));
                Total++;
                Sum += value;
                SumOfSquares += value * value;
            }
        }

        NotFinite = values.Length - Total;
        (Min, Max) = Total == 0 ? (0, 0) : (min, max);
        Fill(values);
    }

    /// <summary>The least value; 0 when there is none.</summary>
    public double Min { get; }

    /// <summary>The greatest value; 0 when there is none.</summary>
    public double Max { get; }

    /// <summary>Finite values.</summary>
    public long Total { get; }

    /// <summary>Values that are not a number, or infinite.</summary>
    public long NotFinite { get; }

    /// <summary>Sum of the finite values.</summary>
    public double Sum { get; }

    /// <summary>Sum of their squares.</summary>
    public double SumOfSquares { get; }

    /// <summary>Their mean; 0 when there is none.</summary>
    public double Mean => Total == 0 ? 0 : Sum / Total;

    /// <summary>Their standard deviation (over all of them, not a sample); 0 when there is none.</summary>
    public double Deviation => Total == 0 ? 0 : Math.Sqrt(Math.Max(0, (SumOfSquares / Total) - (Mean * Mean)));

    /// <summary>Their Euclidean norm: the root of the sum of squares.</summary>
    public double Norm => Math.Sqrt(SumOfSquares);

    /// <summary>How many values lie in each bin; a bin holds its lower edge, the last one its upper edge too.</summary>
    public long[] Counts { get; }

    /// <summary>The upper edge of a bin.</summary>
    /// <param name="bin">The bin, from 0.</param>
    public double UpperEdge(int bin) =>
        bin == Counts.Length - 1 ? Max : Min + ((Max - Min) * (bin + 1) / Counts.Length);

    private void Fill(ReadOnlySpan<float> values)
    {
        var scale = Max > Min ? Counts.Length / (Max - Min) : 0;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                Counts[Math.Min((int)((value - Min) * scale), Counts.Length - 1)]++;
            }
        }
    }
}
