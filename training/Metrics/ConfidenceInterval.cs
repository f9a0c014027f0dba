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
}
