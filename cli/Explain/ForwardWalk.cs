using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>The walk forwards: the sample, every layer, the probabilities and the loss.</summary>
/// <param name="walk">What was computed.</param>
internal sealed class ForwardWalk(Explanation walk)
{
    private StepTrace Trace => walk.Trace;

    /// <summary>The steps, first to last.</summary>
    public IEnumerable<Step> Steps() => 
        [Sample(), .. walk.Layers.Select(layer => layer is Dense dense ? Layer(dense) : Dropped((Dropout)layer)), Loss()];

    private Step Sample()
    {
        var (subject, format) = (walk.Subject, walk.Subject.Model.Format);
        byte[] pixels = [.. subject.Pixels];
        format.Clean(pixels);
        var x = Trace.Sample.Layers[0].X;
        var brightest = Array.IndexOf(pixels, pixels.Max());
        int[] chosen = walk.Weight.Layer == 1 ? [0, brightest, walk.Weight.Input] : [0, brightest];
        return new Step(new("forward", 0, "x"), "The sample",
            $"{subject.SampleName}, labelled {subject.Label}. Its {format.Height}x{format.Width} pixels, "
            + "row by row and scaled, are x.",
            ["x[p] = pixel[p] · scale + shift"],
            [.. chosen.Distinct().Order().Select(p => new Line($"x[{p}]", x[p],
                $"{pixels[p]} · {Explanation.Show(format.Scale)} + {Explanation.Show(format.Shift)}"))],
            [new Picture("x", format.Width, x)]);
    }

    private Step Layer(Dense dense)
    {
        var layer = Trace.Sample.Layers[dense.Index];
        var (weights, bias) = (Trace.Values(dense.Weights).ToArray(), Trace.Values(dense.Bias).ToArray());
        var z = Trace.Z[dense.Index];
        var name = Equations.Name(dense);
        var units = walk.Units(dense.Index);
        IEnumerable<Term> Products(int j) =>
            layer.X.Select((x, p) => new Term($"x[{p}]·w[{p},{j}]", x, weights[(p * dense.Outputs) + j]));
        var lines = units.SelectMany(j => new[]
        {
            Line.Sum($"z[{j}]", z[j], [.. Products(j), new Term($"b[{j}]", bias[j])], Explanation.MostTerms),
            new Line($"y[{j}]", layer.Y[j], name.Length > 0 ? $"{name}({Explanation.Show(z[j])})" : $"z[{j}]"),
        });
        var which = units.Length == dense.Outputs
            ? ""
            : $" Of {dense.Outputs} units, those are shown on which the loss depends most.";
        var last = dense == walk.Layers[^1] ? walk.Loss.ScoreWords : "";
        return new Step(new("forward", dense.Index + 1, "y"), $"Layer {walk.NumberOf(dense)}: {dense.Description}",
            "Each unit adds up its inputs, each times a weight, and its bias"
            + (name.Length > 0 ? $"; then {name} of that." : ".") + last + which,
            [Equations.Product, Equations.Activate(dense)], [.. lines], [Explanation.Strip("y", layer.Y)]);
    }

    private Step Dropped(Dropout dropout)
    {
        var layer = Trace.Sample.Layers[dropout.Index];
        return new Step(new("forward", dropout.Index + 1, "dropout"),
            $"Dropout {walk.WhereOf(dropout)}, rate {Explanation.Show(dropout.Rate)}",
            $"In training each value is set to 0 with a probability of {Explanation.Show(dropout.Rate)}, and the others are "
            + $"divided by 1 - {Explanation.Show(dropout.Rate)}, so that the mean stays. Which ones is decided by the seed and "
            + $"the number of the step, here {Trace.Number}: the mask is that of its first sample. A finished network drops "
            + "nothing.",
            ["y[j] = x[j]·mask[j]"],
            [
                .. walk.Units(dropout.Index).Select(j => new Line($"y[{j}]", layer.Y[j])
                {
                    Terms = [new Term($"x[{j}]·mask[{j}]", layer.X[j], walk.Mask(dropout, j))],
                }),
            ],
            [new Picture("y", WidthOf(dropout, layer.Y), layer.Y)]);
    }

    private int WidthOf(Dropout dropout, float[] values) =>
        dropout.Index == 0 ? walk.Subject.Model.Format.Width : Explanation.Strip("", values).Width;

    private Step Loss() => new(
        new("forward", walk.Layers.Count + 1, "p, L"), "The probabilities and the loss", walk.Loss.Words, walk.Loss.Forward,
        [.. walk.Loss.Lines], [Explanation.Strip("p", Trace.Probabilities)]);
}
