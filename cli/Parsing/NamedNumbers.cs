using System.Globalization;

namespace ScratchNet.Cli.Parsing;

/// <summary>
/// The value of an option that holds several: a word and numbers with names, such as <c>step,every=10,factor=0.5</c>. Each method
/// throws a <see cref="UsageException"/> that names the option and what is wrong.
/// </summary>
internal sealed class NamedNumbers
{
    private readonly string _option;
    private readonly Dictionary<string, string> _numbers = [];

    /// <summary>Takes a text apart.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="text">Its value.</param>
    public NamedNumbers(string option, string text)
    {
        _option = option;
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        Word = parts[0].Contains('=', StringComparison.Ordinal) ? "" : parts[0];
        foreach (var part in Word.Length > 0 ? parts[1..] : parts)
        {
            var (name, value) = part.Split('=') is [var left, var right]
                ? (left, right)
                : throw new UsageException($"{option} is '{text}', but '{part}' in it is not of the form name=number");
            if (!_numbers.TryAdd(name, value))
            {
                throw new UsageException($"{option} is '{text}', which says {name} twice");
            }
        }
    }

    /// <summary>What stands before the numbers; empty when nothing does.</summary>
    public string Word { get; }

    /// <summary>Throws when there is a number of another name.</summary>
    /// <param name="names">Those that are possible.</param>
    public void Only(params string[] names)
    {
        foreach (var name in _numbers.Keys.Where(name => !names.Contains(name)))
        {
            var of = Word.Length > 0 ? $"{_option} {Word}" : _option;
            var possible = names.Length == 0 ? "takes no numbers" : $"has {string.Join(", ", names)}";
            var suggestion = Nearest.To(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : "";
            throw new UsageException($"{of} has no '{name}': it {possible}{suggestion}");
        }
    }

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>, or what it is when it is not said.</summary>
    public double Real(string name, double fallback, double min, double max, bool openMin = false, bool openMax = false) =>
        _numbers.TryGetValue(name, out var text)
            ? Values.Real($"{_option}: {name}", text, min, max, openMin, openMax)
            : fallback;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, or what it is when it is not
    /// said.</summary>
    public int Whole(string name, int fallback, int min, int max) =>
        _numbers.TryGetValue(name, out var text) ? Values.Whole($"{_option}: {name}", text, min, max) : fallback;

    /// <summary>Writes numbers the way this class reads them.</summary>
    public static string Write(params (string Name, float Value)[] numbers) => string.Join(',',
        numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number.Name}={number.Value}")));
}
