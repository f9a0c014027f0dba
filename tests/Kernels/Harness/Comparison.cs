namespace ScratchNet.Tests.Kernels;

/// <summary>Compares what a kernel wrote with what is right. Anything not finite is an error, whatever was expected.</summary>
internal static class Comparison
{
    // Below the smallest normal float32 a device may flush results to zero.
    private const double Floor = 1.2e-38;

    /// <summary>The first element that is too far off, in words; null when there is none.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="expected">The exact values.</param>
    /// <param name="scale">What an error is measured against, for each element.</param>
    /// <param name="actual">The kernel's values.</param>
    /// <param name="tolerance">How many eps·scale an element may be off.</param>
    public static string? FirstError(
        string name, IReadOnlyList<double> expected, IReadOnlyList<double> scale, IReadOnlyList<float> actual, double tolerance)
    {
        if (expected.Count != actual.Count)
        {
            return $"{name} has {actual.Count} elements instead of {expected.Count}";
        }

        for (var i = 0; i < expected.Count; i++)
        {
            var allowed = (tolerance * Tolerances.Eps * Math.Abs(scale[i])) + Floor;

            // "Not within" rather than "beyond": a comparison with NaN is false.
            if (!float.IsFinite(actual[i]) || !(Math.Abs(actual[i] - expected[i]) <= allowed))
            {
                return $"{name}[{i}] is {actual[i]:R} instead of {expected[i]:R} ± {allowed:R}";
            }
        }

        return null;
    }

    /// <summary>The first element that differs, in words; null when there is none.</summary>
    public static string? FirstDifference<T>(string name, IReadOnlyList<T> expected, IReadOnlyList<T> actual)
    {
        for (var i = 0; i < expected.Count; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(expected[i], actual[i]))
            {
                return $"{name}[{i}] is {actual[i]} instead of {expected[i]}";
            }
        }

        return null;
    }
}
