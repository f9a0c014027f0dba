using System.Globalization;
using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>Turns one traced training step into the steps of a walk.</summary>
internal sealed class Explanation
{
    private const int MostTerms = 8;
    private const int MostUnits = 3;
    private const int MostClasses = 20;

    private readonly Network _network;
    private readonly Subject _subject;
    private readonly StepTrace _trace;
    private readonly IReadOnlyList<LayerTrace> _layers;
    private readonly Dictionary<Layer, int> _numbers = [];

    /// <summary>Makes the step and describes it.</summary>
    /// <param name="subject">The network and its sample.</param>
    /// <param name="weight">Which weight to follow: layer from 1, input, output; null for the one with the largest gradient in layer 1.</param>
    public Explanation(Subject subject, (int Layer, int Input, int Output)? weight)
    {
        (_subject, _network) = (subject, subject.Network);
        foreach (var dense in _network.Layers.OfType<Dense>())
        {
            _numbers[dense] = _numbers.Count + 1;
        }

        // The numeric gradients belong to the weights before the step, so they are taken on a second copy.
        using var before = Blueprint.Of(_network).Build(_network.Backend);
        before.SetWeights(_network.CopyWeights());
        _trace = StepTrace.Run(_network, subject.Optimizer, subject.Model.Format.Convert(subject.Pixels), subject.Label);
        _layers = _trace.Sample.Layers;
        Weight = weight ?? Steepest();
        Numbers = new NumericGradients(before, _layers, subject.Label);
        Steps = [.. Build()];
    }

    /// <summary>The weight that is followed; layer from 1.</summary>
    public (int Layer, int Input, int Output) Weight { get; }

    /// <summary>What was computed.</summary>
    public StepTrace Trace => _trace;

    /// <summary>The walk.</summary>
    public IReadOnlyList<Step> Steps { get; }

    private NumericGradients Numbers { get; }

    /// <summary>A number as it is shown.</summary>
    public static string Show(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private IEnumerable<Step> Build()
    {
        var format = _subject.Model.Format;
        yield return new Step("forward", "The sample", $"{_subject.SampleName}: a {_subject.Model.ClassNames[_subject.Label]}. Its "
            + $"{format.Height}x{format.Width} pixels, scaled, are x, which goes into layer 1.", ["x = pixel · scale + shift"], [],
            [new Picture("x", format.Width, _layers[0].X)]);
        foreach (var layer in _layers)
        {
            yield return Forward(layer);
        }

        yield return LossStep();
        yield return ScoreGradients();
        foreach (var layer in _layers.Reverse())
        {
            foreach (var step in Backward(layer))
            {
                yield return step;
            }
        }

        var story = new WeightStory(_trace, _network, _subject.Optimizer, Weight, Numbers);
        foreach (var step in story.Steps())
        {
            yield return step;
        }
    }

    private Step Forward(LayerTrace layer)
    {
        var pictures = new[] { new Picture("y", Math.Min(32, layer.Y.Length), layer.Y) };
        if (layer.Layer is not Dense dense)
        {
            return new Step("forward", layer.Layer.Description, "A function of each value by itself.", ["y[j] = f(x[j])"],
                [.. Units(layer).Select(j => new Line($"y[{j}]", layer.Y[j], $"f({Show(layer.X[j])})"))], pictures);
        }

        var weights = _trace.Values(dense.Weights).ToArray();
        var bias = _trace.Values(dense.Bias).ToArray();
        var z = _trace.Z[dense.Index];
        var name = Equations.Name(dense);
        var lines = Units(layer).SelectMany(j => new[]
        {
            Line.Sum($"z[{j}]", z[j], layer.X.Select((x, p) => new Term($"x[{p}]·w[{p},{j}]", x, weights[(p * dense.Outputs) + j]))
                .Append(new Term($"b[{j}]", bias[j])), MostTerms),
            new Line($"y[{j}]", layer.Y[j], name.Length > 0 ? $"{name}({Show(z[j])})" : Show(z[j])),
        });
        return new Step("forward", $"Layer {_numbers[dense]}: {dense.Description}",
            "Each unit adds up what comes in, times its weights, and its bias; then the activation. Shown: the units that matter most to the loss.",
            ["z[j] = Σp x[p]·w[p,j] + b[j]", name.Length > 0 ? $"y[j] = {name}(z[j])" : "y[j] = z[j]"], [.. lines], pictures);
    }

    private Step LossStep()
    {
        var p = _trace.Probabilities;
        var scores = _trace.Sample.Scores;
        var isSoftmax = _network.Loss is SoftmaxCrossEntropy;
        var max = scores.Max();
        var sum = scores.Sum(score => Math.Exp(score - (double)max));
        var lines = Classes().Select(j => new Line($"p[{j}]", p[j], isSoftmax
            ? $"e^({Show(scores[j])} - {Show(max)}) / {Show(sum)}"
            : $"1 / (1 + e^-({Show(scores[j])}))"));
        return new Step("loss", "The probabilities and the loss",
            isSoftmax ? $"Softmax makes probabilities of the scores; the loss is how surprising the right class, {_subject.Label}, is."
                : $"The sigmoid makes a probability of the score; the loss is how surprising the label, {_subject.Label}, is.",
            isSoftmax ? ["p[j] = e^(z[j] - max z) / Σk e^(z[k] - max z)", "L = -Σj t[j]·ln p[j]"] : ["p = 1 / (1 + e^-z)", "L = -t·ln p - (1 - t)·ln(1 - p)"],
            [.. lines, Equations.Loss(_network.Loss, p, scores, _subject.Label, _trace.Sample.Loss)],
            [new Picture("p", p.Length, p)]);
    }

    private Step ScoreGradients()
    {
        var dy = _layers[^1].Dy;
        var numeric = Numbers.Of(_layers.Count, null, Classes());
        var lines = Classes().Select((j, i) => new Line($"dscore[{j}]", dy[j],
            Equations.ScoreGradient(_network.Loss, _trace.Probabilities[j], j, _subject.Label)) { Numeric = numeric[i] });
        return new Step("backward", "Back through the loss", "The simplest gradient there is: probability less truth. Raising a score raises the loss "
            + "where the number is positive.", ["forward: L = -Σj t[j]·ln p[j]", "so: dscore[j] = p[j] - t[j]"], [.. lines], [new Picture("dscore", dy.Length, dy)]);
    }

    private IEnumerable<Step> Backward(LayerTrace layer)
    {
        if (layer.Layer is not Dense dense)
        {
            yield return new Step("backward", $"Back through {layer.Layer.Description}", "Each value by itself.",
                ["forward: y[j] = f(x[j])", "so: dx[j] = dy[j]·f'(x[j])"],
                [.. Units(layer).Select(j => new Line($"dx[{j}]", layer.Dx[j], $"from dy[{j}] = {Show(layer.Dy[j])}"))], []);
            yield break;
        }

        var number = _numbers[dense];
        var units = Units(layer);
        var dbNumeric = Numbers.Of(dense.Index, 1, units);
        var name = Equations.Name(dense);
        yield return new Step("backward", $"Layer {number}: dz and db", "The gradient of the output, dy, through the activation; the bias is added to z as it is.",
            ["forward: z[j] = Σp x[p]·w[p,j] + b[j], y[j] = f(z[j])", $"so: dz[j] = dy[j]·{Equations.Slope(name)}, db[j] = dz[j]"],
            [.. units.SelectMany((j, i) => new[]
            {
                new Line($"dz[{j}]", layer.Dz[j], $"{Show(layer.Dy[j])}·{Show(Equations.SlopeAt(dense, layer.Y[j]))}") { Numeric = dbNumeric[i] },
                new Line($"db[{j}]", layer.Dz[j], $"dz[{j}]") { Numeric = dbNumeric[i] },
            })], [new Picture("dz", Math.Min(32, layer.Dz.Length), layer.Dz)]);

        int[] places = [.. units.Select(j => (layer.X.Select((x, p) => (Math.Abs(x), p)).Max().p * dense.Outputs) + j)];
        var dwNumeric = Numbers.Of(dense.Index, 0, places);
        yield return new Step("backward", $"Layer {number}: dw", "A weight matters as much as what comes in through it. Shown: the weights from the strongest input.",
            ["forward: z[j] = Σp x[p]·w[p,j] + b[j]", "so: dw[p,j] = x[p]·dz[j]"],
            [.. places.Select((place, i) => Product(layer, place / dense.Outputs, place % dense.Outputs, dwNumeric[i]))],
            number == 1 ? [.. units.Select(j => Column(layer, j))] : []);

        var weights = _trace.Values(dense.Weights).ToArray();
        int[] inputs = [.. Enumerable.Range(0, dense.Inputs).OrderByDescending(p => Math.Abs(layer.Dx[p])).Take(MostUnits)];
        var dxNumeric = Numbers.Of(dense.Index, null, inputs);
        yield return new Step("backward", $"Layer {number}: dx", number == 1
            ? "The gradient of the picture itself. Training does not need it; it shows which pixels would raise the loss."
            : "What goes back to the layer before, as its dy: each input acts on every unit, through one weight each.",
            ["forward: z[j] = Σp x[p]·w[p,j] + b[j]", "so: dx[p] = Σj dz[j]·w[p,j]"],
            [.. inputs.Select((p, i) => Line.Sum($"dx[{p}]", layer.Dx[p], layer.Dz.Select((dz, j) =>
                new Term($"dz[{j}]·w[{p},{j}]", dz, weights[(p * dense.Outputs) + j])), MostTerms) with { Numeric = dxNumeric[i] })],
            number == 1 ? [new Picture("dx", _subject.Model.Format.Width, layer.Dx)] : []);
    }

    private static Line Product(LayerTrace layer, int p, int j, double numeric) =>
        new($"dw[{p},{j}]", layer.Dw[(p * layer.Y.Length) + j]) { Terms = [new Term($"x[{p}]·dz[{j}]", layer.X[p], layer.Dz[j])], Numeric = numeric };

    private Picture Column(LayerTrace layer, int j) => new($"dw[·,{j}]", _subject.Model.Format.Width,
        [.. Enumerable.Range(0, layer.X.Length).Select(p => layer.Dw[(p * layer.Y.Length) + j])]);

    /// <summary>The units of a layer that are shown: those with the largest gradient, and the one of the weight.</summary>
    private int[] Units(LayerTrace layer)
    {
        var most = Enumerable.Range(0, layer.Y.Length).OrderByDescending(j => Math.Abs(layer.Dz[j])).Take(MostUnits);
        var isChosen = layer.Layer is Dense && _numbers[layer.Layer] == Weight.Layer;
        return [.. (isChosen ? most.Prepend(Weight.Output) : most).Distinct().Take(MostUnits)];
    }

    private int[] Classes() => [.. Enumerable.Range(0, Math.Min(MostClasses, _trace.Probabilities.Length))];

    private (int Layer, int Input, int Output) Steepest()
    {
        var layer = _layers.First(trace => trace.Layer is Dense);
        var place = Enumerable.Range(0, layer.Dw.Length).MaxBy(i => Math.Abs(layer.Dw[i]));
        return (1, place / layer.Y.Length, place % layer.Y.Length);
    }
}
