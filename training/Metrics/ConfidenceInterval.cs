namespace ScratchNet.Training.Metrics;

/// <summary>A confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct ConfidenceInterval(double Low, double High)
{
    // The 97.5 % quantile of the standard normal distribution: 2.5 % lie on either side of a 95 % interval.
    private const double Z95 = 1.959963984540054;

    /// <summary>
    /// Wilson's 95 % interval for a share that was estimated by counting. Unlike p ± z·sqrt(p(1-p)/n) it stays within 0..1
    /// and is honest near the ends, where good networks are:
    /// <code>(p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)</code>
    /// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.
    /// </summary>
    /// <param name="successes">How many of the trials had success, 0..trials.</param>
    /// <param name="trials">How many trials there were, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of range.</exception>
    public static ConfidenceInterval Wilson(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        double n = trials;
        var p = successes / n;
        var zz = Z95 * Z95;
        var middle = (p + zz / (2 * n)) / (1 + zz / n);
        var half = Z95 * Math.Sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n);

        // At no or only successes one end is exactly 0 or 1; rounding must not carry it outside.
        return new ConfidenceInterval(Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>
    /// Student's 95 % interval for the mean of a quantity that was measured several times, <c>mean ± t·s/sqrt(n)</c>: s is the
    /// standard deviation with n - 1 in it, t the 97.5 % quantile for n - 1 degrees of freedom ("Student", Biometrika 6, 1908).
    /// </summary>
    /// <param name="values">The measurements, at least 2.</param>
    /// <exception cref="ArgumentException">There are fewer than 2.</exception>
    public static ConfidenceInterval OfMean(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            throw new ArgumentException("An interval needs at least 2 measurements.", nameof(values));
        }

        var mean = values.Average();
        var half = StudentQuantile(values.Count - 1) * StandardDeviation(values) / Math.Sqrt(values.Count);
        return new ConfidenceInterval(mean - half, mean + half);
    }

    /// <summary>The standard deviation of a population that some values were drawn from, with n - 1 in it.</summary>
    /// <param name="values">The values, at least 2.</param>
    public static double StandardDeviation(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>The t that 95 % of Student's distribution lie within: bisection over the angle of
    /// <see cref="StudentShare"/>.</summary>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    internal static double StudentQuantile(int freedom)
    {
        var (low, high) = (0.0, Math.PI / 2);
        for (var step = 0; step < 64; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = StudentShare(middle, freedom) < 0.95 ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(freedom) * Math.Tan((low + high) / 2);
    }

    /// <summary>
    /// The probability that a t of Student's distribution lies within ± sqrt(freedom)·tan(angle): the finite sums of Abramowitz
    /// and Stegun, "Handbook of Mathematical Functions", 26.7.3 (odd) and 26.7.4 (even).
    /// </summary>
    private static double StudentShare(double angle, int freedom)
    {
        var (sine, cosine) = Math.SinCos(angle);
        var isOdd = freedom % 2 == 1;
        var term = isOdd ? cosine : 1.0;
        var sum = freedom == 1 ? 0.0 : term;
        for (var power = isOdd ? 3 : 2; power <= freedom - 2; power += 2)
        {
            term *= cosine * cosine * (power - 1) / power;
            sum += term;
        }

        return isOdd ? 2 / Math.PI * (angle + (sine * sum)) : sine * sum;
    }
}
