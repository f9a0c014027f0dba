using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace ScratchNet.Cli.Bench;

/// <summary>
/// Ticks for an axis of logarithms: powers of ten or, where fewer than two of them fit, 1, 2 and 5 times a power, or round
/// numbers as close together as it takes.
/// </summary>
internal sealed class DecadeTicks : ITickGenerator
{
    private const int Fewest = 2;

    /// <summary>From one to the next at most two and a half times as many ticks come.</summary>
    private static readonly double[] Steps = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

    private readonly NumericAutomatic _powers =
        new() { IntegerTicksOnly = true, LabelFormatter = exponent => Label(Math.Pow(10, exponent)) };

    /// <inheritdoc/>
    public Tick[] Ticks { get; private set; } = [];

    /// <inheritdoc/>
    public int MaxTickCount { get => _powers.MaxTickCount; set => _powers.MaxTickCount = value; }

    /// <inheritdoc/>
    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        _powers.Regenerate(range, edge, size, paint, labelStyle);
        var (least, most) = (Math.Min(range.Min, range.Max), Math.Max(range.Min, range.Max));
        var hasPowers = Math.Floor(most) - Math.Ceiling(least) >= Fewest - 1;
        Ticks = hasPowers ? _powers.Ticks : [.. Between(least, most).Select(number => new Tick(Math.Log10(number), Label(number)))];
    }

    /// <summary>The coarsest round numbers of which at least two lie between two powers of ten.</summary>
    /// <param name="least">Exponent of the least.</param>
    /// <param name="most">Exponent of the largest.</param>
    internal static double[] Between(double least, double most)
    {
        double[][] mantissas = [[1, 2, 5], .. Steps.Select(step =>
            Enumerable.Range(0, (int)Math.Round(9 / step)).Select(i => 1 + (i * step)).ToArray())];
        double[] numbers = [];
        foreach (var candidate in mantissas)
        {
            numbers = [.. Enumerable.Range((int)Math.Floor(least), (int)(Math.Floor(most) - Math.Floor(least)) + 1)
                .SelectMany(_ => candidate, (exponent, mantissa) => mantissa * Math.Pow(10, exponent))
                .Where(number => Math.Log10(number) >= least && Math.Log10(number) <= most)];
            if (numbers.Length >= Fewest)
            {
                break;
            }
        }

        return numbers;
    }

    private static string Label(double number) => number.ToString("#,0.######", CultureInfo.InvariantCulture);
}
