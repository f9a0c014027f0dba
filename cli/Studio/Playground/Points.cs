using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>A point of the plane and its class.</summary>
internal readonly record struct LabelledPoint(double X, double Y, int Label);

/// <summary>Points of the plane, in a square from -1 to 1, to learn from and to measure on.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To measure on; may be empty.</param>
internal sealed record Points(IReadOnlyList<LabelledPoint> Train, IReadOnlyList<LabelledPoint> Test)
{
    /// <summary>The most points that are taken.</summary>
    public const int Most = 2000;

    /// <summary>The most classes that they may have: as many as there are colours.</summary>
    public const int MostClasses = 4;

    /// <summary>The patterns to choose.</summary>
    public static readonly string[] Patterns = ["circles", "spiral", "moons", "xor"];

    private const int Generated = 400;

    /// <summary>Number of classes, at least 2.</summary>
    public int Classes { get; } = Math.Max(2, Train.Max(point => point.Label) + 1);

    /// <summary>Makes a pattern; every second point is for measuring.</summary>
    /// <param name="pattern">One of <see cref="Patterns"/>.</param>
    /// <param name="noise">How far points stray, 0 to 0.5.</param>
    /// <param name="seed">Decides where.</param>
    public static Points Make(string pattern, double noise, int seed)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, Generated).Select(i =>
        {
            // Classes take turns in both halves.
            var label = i / 2 % 2;
            var (x, y) = Place(pattern, label, random);
            return new LabelledPoint(x + Stray(random, noise), y + Stray(random, noise), label);
        }).ToArray();
        return new Points([.. points.Where((_, i) => i % 2 == 0)], [.. points.Where((_, i) => i % 2 == 1)]);
    }

    /// <summary>Points of a person's own, all to learn from.</summary>
    /// <exception cref="RequestException">A network cannot learn from them; the message says why.</exception>
    public static Points Own(IReadOnlyList<LabelledPoint> points)
    {
        if (points.Select(point => point.Label).Distinct().Count() < 2)
        {
            throw RequestException.Malformed(points.Count == 0
                ? "there are no points; click into the plane to make some"
                : $"all {points.Count} points are of one class; there is nothing to tell apart: add points of another");
        }

        return new Points(points, []);
    }

    private static (double X, double Y) Place(string pattern, int label, Random random)
    {
        var (t, angle) = (random.NextDouble(), 2 * Math.PI * random.NextDouble());
        switch (pattern)
        {
            case "circles":
                var radius = label == 0 ? 0.4 * Math.Sqrt(t) : 0.65 + (0.25 * t);
                return (radius * Math.Cos(angle), radius * Math.Sin(angle));
            case "spiral":
                var turn = (3.4 * Math.PI * t) + (label * Math.PI);
                return ((0.06 + (0.86 * t)) * Math.Sin(turn), (0.06 + (0.86 * t)) * Math.Cos(turn));
            case "moons":
                var half = Math.PI * t;
                return label == 0 ? ((0.55 * Math.Cos(half)) - 0.25, (0.6 * Math.Sin(half)) - 0.12)
                    : (0.25 - (0.55 * Math.Cos(half)), 0.12 - (0.6 * Math.Sin(half)));
            default:
                var (x, y) = (0.08 + (0.84 * t), 0.08 + (0.84 * random.NextDouble()));
                var (sx, sy) = (random.Next(2) * 2 - 1, 0);
                sy = label == 0 ? sx : -sx;
                return (sx * x, sy * y);
        }
    }

    /// <summary>A normally distributed number, by Box and Muller's method.</summary>
    private static double Stray(Random random, double deviation) =>
        deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
