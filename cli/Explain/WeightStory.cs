using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>One weight's way: its product forward, its gradient by the chain rule, its step by Adam, and the loss after it.</summary>
/// <param name="trace">What was computed.</param>
/// <param name="network">The network, after the step.</param>
/// <param name="optimizer">What made the step.</param>
/// <param name="weight">Which weight; layer from 1.</param>
/// <param name="numbers">Numeric gradients.</param>
internal sealed class WeightStory(
    StepTrace trace, Network network, Adam optimizer, (int Layer, int Input, int Output) weight, NumericGradients numbers)
{
    private const int MostTerms = 8;

    private readonly Dense _dense = network.Layers.OfType<Dense>().ElementAt(weight.Layer - 1);

    private string Name => $"w[{weight.Input},{weight.Output}]";

    private int Place => (weight.Input * _dense.Outputs) + weight.Output;

    /// <summary>The steps, first to last.</summary>
    public IEnumerable<Step> Steps() => [Chain(), Update(), After()];

    private Step Chain()
    {
        var layer = trace.Sample.Layers[_dense.Index];
        var (i, j) = (weight.Input, weight.Output);
        var value = trace.Of(_dense.Weights, Place);
        var slope = Equations.SlopeAt(_dense, layer.Y[j]);
        var dbNumeric = numbers.Of(_dense.Index, 1, [j])[0];
        List<Line> lines =
        [
            new($"x[{i}]·{Name}", layer.X[i] * (double)value.Before) { Terms = [new Term($"x[{i}]·{Name}", layer.X[i], value.Before)] },
            new($"z[{j}]", trace.Z[_dense.Index][j], "all products of this unit, and its bias"),
            new($"y[{j}]", layer.Y[j], $"f({Explanation.Show(trace.Z[_dense.Index][j])})"),
            AboveLine(layer, j),
            new($"f'(z[{j}])", slope, $"from y[{j}] = {Explanation.Show(layer.Y[j])}"),
            new($"dz[{j}]", layer.Dz[j]) { Terms = [new Term($"dy[{j}]·f'(z[{j}])", layer.Dy[j], slope)], Numeric = dbNumeric },
            new($"d{Name}", value.Gradient)
            {
                Terms = [new Term($"x[{i}]·f'(z[{j}])·dy[{j}]", layer.X[i], slope, layer.Dy[j])],
                Numeric = numbers.Of(_dense.Index, 0, [Place])[0],
            },
        ];
        return new Step("weight", $"One weight: {Name} of layer {weight.Layer}",
            "Forward, the weight's product is one term of z. Backward, the chain rule multiplies what lies between the loss and the weight.",
            [$"∂L/∂{Name} = ∂z[{j}]/∂{Name} · ∂y[{j}]/∂z[{j}] · ∂L/∂y[{j}] = x[{i}] · f'(z[{j}]) · dy[{j}]"], lines, []);
    }

    /// <summary>Where dy comes from: every unit of the next layer, or the loss.</summary>
    private Line AboveLine(LayerTrace layer, int j)
    {
        var above = trace.Sample.Layers.Skip(_dense.Index + 1).FirstOrDefault();
        if (above?.Layer is not Dense next)
        {
            return new Line($"dy[{j}]", layer.Dy[j], above is null ? "from the loss" : $"from {above.Layer.Description}")
            {
                Numeric = numbers.Of(_dense.Index + 1, null, [j])[0],
            };
        }

        var weights = trace.Values(next.Weights).ToArray();
        return Line.Sum($"dy[{j}]", layer.Dy[j], above.Dz.Select((dz, k) =>
            new Term($"dz'[{k}]·w'[{j},{k}]", dz, weights[(j * next.Outputs) + k])), MostTerms)
            with { Numeric = numbers.Of(next.Index, null, [j])[0] };
    }

    private Step Update()
    {
        var value = trace.Of(_dense.Weights, Place);
        var json = optimizer.Describe();
        var (beta1, beta2, epsilon) = ((float)json["beta1"]!, (float)json["beta2"]!, (float)json["epsilon"]!);
        var decoupled = optimizer is AdamW;
        var gradient = (double)value.Applied + (decoupled ? 0 : optimizer.WeightDecay * (double)value.Before);
        var (m, v) = (value.StateAfter[0], value.StateAfter[1]);
        var (mHat, vHat) = (m / (1 - Math.Pow(beta1, optimizer.Steps)), v / (1 - Math.Pow(beta2, optimizer.Steps)));
        var step = optimizer.LearningRate * mHat / (Math.Sqrt(vHat) + epsilon);
        var shrunk = value.Before * (decoupled ? 1 - ((double)optimizer.LearningRate * optimizer.WeightDecay) : 1);
        List<Line> lines = [new("g", gradient, GradientWords(value))];
        lines.AddRange(
        [
            new("m", m) { Terms = [new Term("β1·m_before", beta1, value.StateBefore[0]), new Term("(1 - β1)·g", 1 - (double)beta1, gradient)] },
            new("v", v) { Terms = [new Term("β2·v_before", beta2, value.StateBefore[1]), new Term("(1 - β2)·g²", 1 - (double)beta2, gradient, gradient)] },
            new("m̂", mHat, $"{Explanation.Show(m)} / (1 - {Explanation.Show(beta1)}^{optimizer.Steps})"),
            new("v̂", vHat, $"{Explanation.Show(v)} / (1 - {Explanation.Show(beta2)}^{optimizer.Steps})"),
            new("step", step, $"{Explanation.Show(optimizer.LearningRate)}·{Explanation.Show(mHat)} / (√{Explanation.Show(vHat)} + {Explanation.Show(epsilon)})"),
            new("w after", value.After) { Terms = [new Term(decoupled ? "w·(1 - rate·decay)" : "w", shrunk), new Term("-step", -step)] },
        ]);
        return new Step("update", $"{optimizer.Kind}: step {optimizer.Steps} of {Name}",
            "m is a running mean of the gradients, v of their squares. Both began at zero, which the bias correction makes up for; "
            + "then the weight moves by about the rate, against its gradient.",
            ["m = β1·m + (1 - β1)·g,  v = β2·v + (1 - β2)·g²", "m̂ = m / (1 - β1^t),  v̂ = v / (1 - β2^t)", "w = w - rate·m̂ / (√v̂ + ε)"], lines, []);
    }

    private string GradientWords(ValueStep value)
    {
        var clipped = value.Applied.Equals(value.Gradient) ? "" : ", after clipping the norm";
        return optimizer.WeightDecay > 0 && optimizer is not AdamW
            ? $"d{Name}{clipped} + {Explanation.Show(optimizer.WeightDecay)}·w"
            : $"d{Name}{clipped}";
    }

    private Step After() => new("update", "The loss after the step",
        "Every weight and bias has made such a step at once. The same sample, sent through the changed network:",
        ["L(before) → L(after)"],
        [
            new Line("L before", trace.Sample.Loss, "as computed above"),
            new Line("L after", trace.LossAfter, "computed once more"),
            new Line("change", trace.LossAfter - trace.Sample.Loss)
            {
                Terms = [new Term("L after", trace.LossAfter), new Term("-L before", -trace.Sample.Loss)],
            },
        ], []);
}
