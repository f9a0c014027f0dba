using System.Text.Json;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>What the playground's network learns, and how.</summary>
/// <param name="Data">A pattern's name, or <see cref="OwnData"/>.</param>
/// <param name="Noise">How far the pattern's points stray.</param>
/// <param name="Features">What the network is given of a point.</param>
/// <param name="Hidden">Units of the hidden layers.</param>
/// <param name="Activation">Their function.</param>
/// <param name="Optimizer">adam or sgd.</param>
/// <param name="Rate">Its learning rate.</param>
/// <param name="Batch">Points in a step.</param>
/// <param name="Seed">Decides points, weights and order.</param>
internal sealed record PlaygroundSettings(
    string Data, double Noise, string[] Features, int[] Hidden, string Activation, string Optimizer, double Rate,
    int Batch, int Seed)
{
    /// <summary>The name of a person's own points.</summary>
    public const string OwnData = "own";

    private const int MostLayers = 4;
    private const int MostUnits = 8;

    /// <summary>What can be made of a point.</summary>
    public static readonly IReadOnlyDictionary<string, Func<double, double, double>> KnownFeatures =
        new Dictionary<string, Func<double, double, double>>
        {
            ["x"] = (x, _) => x,
            ["y"] = (_, y) => y,
            ["x²"] = (x, _) => x * x,
            ["y²"] = (_, y) => y * y,
            ["x·y"] = (x, y) => x * y,
            ["sin πx"] = (x, _) => Math.Sin(Math.PI * x),
            ["sin πy"] = (_, y) => Math.Sin(Math.PI * y),
        };

    /// <summary>Where everybody begins.</summary>
    public static PlaygroundSettings Default { get; } = new("circles", 0.05, ["x", "y"], [4, 2], "tanh", "adam", 0.03, 20, 1);

    /// <summary>Reads them from a request.</summary>
    /// <exception cref="RequestException">One of them can't be; the message names it.</exception>
    public static PlaygroundSettings Read(JsonBody body)
    {
        var features = body.List("features", KnownFeatures.Count)
            .Select(entry => OneOf("features", entry, KnownFeatures.Keys)).ToArray();
        if (features.Length == 0 || features.Distinct().Count() < features.Length)
        {
            throw RequestException.Malformed("'features' must name at least one, and each only once");
        }

        return new PlaygroundSettings(
            OneOf("data", body.Text("data"), [.. Points.Patterns, OwnData]),
            body.Real("noise", 0, 0.5),
            features,
            [.. body.Numbers("hidden", MostLayers).Select(ReadUnits)],
            OneOf("activation", body.Text("activation"), ["tanh", "relu", "sigmoid"]),
            OneOf("optimizer", body.Text("optimizer"), ["adam", "sgd"]),
            body.Real("rate", 1e-5, 10),
            body.Whole("batch", 1, Points.Most),
            body.Whole("seed", 0, int.MaxValue));
    }

    /// <summary>Builds the network with its first weights.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="classes">Number of classes.</param>
    public Network BuildNetwork(Backend backend, int classes)
    {
        var activation = Enum.Parse<Activation>(Activation, ignoreCase: true);
        return new Network(backend, Features.Length,
            [.. Hidden.Select(units => new Dense(units, activation)), new Dense(classes)],
            new SoftmaxCrossEntropy(), (ulong)Seed);
    }

    /// <summary>Makes the optimizer.</summary>
    public Optimizer BuildOptimizer() => Optimizer == "sgd" ? new Sgd((float)Rate, 0.9f) : new Adam((float)Rate);

    /// <summary>What the network is given of points, points x features.</summary>
    public float[] Inputs(IEnumerable<(double X, double Y)> points)
    {
        var known = Features.Select(name => KnownFeatures[name]).ToArray();
        return [.. points.SelectMany(point => known.Select(feature => (float)feature(point.X, point.Y)))];
    }

    private static int ReadUnits(double units) => units is >= 1 and <= MostUnits && units == Math.Floor(units) ? (int)units
        : throw RequestException.Malformed($"'hidden' must hold whole numbers from 1 to {MostUnits}");

    private static string OneOf(string name, JsonElement value, IEnumerable<string> known) =>
        OneOf(name, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ToString(), known);

    private static string OneOf(string name, string value, IEnumerable<string> known) => known.Contains(value) ? value
        : throw RequestException.Malformed(
            $"'{name}' is '{Terminal.OneLine(value)}', but must be one of {string.Join(", ", known)}");
}
