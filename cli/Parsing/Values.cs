using System.Globalization;
using System.Numerics;

namespace ScratchNet.Cli.Parsing;

/// <summary>
/// Reads the texts of options. Each method throws a <see cref="UsageException"/> that names the option, what was given and
/// what is possible.
/// </summary>
internal static class Values
{
    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    /// <param name="option">The option.</param>
    /// <param name="text">What was given.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The largest.</param>
    /// <param name="list">The whole value of the option, where the text is a part of it.</param>
    public static T Whole<T>(string option, string text, T min, T max, string? list = null)
        where T : IBinaryInteger<T>
    {
        return T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
            ? value
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                $"{Wrong(option, text, list)} must be a whole number from {min} to {max}"));
    }

    /// <summary>A number at least, or above, <paramref name="min"/> and at most, or below, <paramref name="max"/>.</summary>
    /// <param name="option">The option.</param>
    /// <param name="text">What was given.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The largest.</param>
    /// <param name="openMin">Whether the least itself is excluded.</param>
    /// <param name="openMax">Whether the largest itself is excluded.</param>
    /// <param name="list">The whole value of the option, where the text is a part of it.</param>
    public static double Real(string option, string text, double min, double max, bool openMin = false, bool openMax = true,
        string? list = null)
    {
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);

        // Networks compute in float32: what rounds to a forbidden value is forbidden.
        var rounded = (double)(float)value;
        if (isNumber && (openMin ? rounded > min : rounded >= min) && (openMax ? rounded < max : rounded <= max))
        {
            return value;
        }

        var (lower, upper) = (openMin ? "above" : "at least", openMax ? "below" : "at most");
        throw new UsageException(string.Create(CultureInfo.InvariantCulture,
            $"{Wrong(option, text, list)} must be a number {lower} {min} and {upper} {max}"));
    }

    /// <summary>Whole numbers with commas between them.</summary>
    public static IReadOnlyList<int> Wholes(string option, string text, int min, int max) =>
        [.. text.Split(',').Select(part => Whole(option, part.Trim(), min, max, text))];

    /// <summary>One of several words.</summary>
    public static string Choice(string option, string text, params string[] words)
    {
        if (words.Contains(text))
        {
            return text;
        }

        var suggestion = Nearest.To(text, words) is { } nearest ? $"; did you mean '{nearest}'?" : "";
        var choices = words is [var only] ? only : $"{string.Join(", ", words[..^1])} or {words[^1]}";
        throw new UsageException($"{option} is '{text}', but must be {choices}{suggestion}");
    }

    private static string Wrong(string option, string text, string? list) =>
        list is null || list.Trim() == text ? $"{option} is '{text}', but" : $"{option} is '{list}', but '{text}' in it";
}
