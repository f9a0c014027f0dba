using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>One weight's way: its product forward, and its gradient backward by the chain rule, factor by factor.</summary>
/// <param name="walk">What was computed.</param>
internal sealed class WeightStory(Explanation walk)
{
    private readonly Dense _dense = walk.Followed;
    private readonly LayerTrace _layer = walk.Trace.Sample.Layers[walk.Followed.Index];

    private int I => walk.Weight.Input;

    private int J => walk.Weight.Output;

    private string Name => $"w[{I},{J}]";

    /// <summary>The steps, first to last.</summary>
    public IEnumerable<Step> Steps() => [Forward(), Backward()];

    private Step Forward()
    {
        var (x, w) = (_layer.X[I], walk.Trace.Of(_dense.Weights, (I * _dense.Outputs) + J).Before);
        var z = walk.Trace.Z[_dense.Index][J];
        var name = Equations.Name(_dense);
        var product = new Term($"x[{I}]·{Name}", x, w);
        return new Step(new("weight", _dense.Index + 1, "forward"), $"One weight: {Name} of layer {walk.Weight.Layer}, forward",
            $"The weight's product is one of the {_dense.Inputs} in z[{J}], and that is the only place where it acts.",
            [$"z[{J}] = … + x[{I}]·{Name} + …", Equations.Activate(_dense).Replace("[j]", $"[{J}]", StringComparison.Ordinal)],
            [
                new Line(product.Name, product.Value) { Terms = [product] },
                new Line($"z[{J}]", z) { Terms = [product], Rest = z - product.Value, RestCount = _dense.Inputs },
                new Line($"y[{J}]", _layer.Y[J], name.Length > 0 ? $"{name}({Explanation.Show(z)})" : $"z[{J}]"),
            ],
            []);
    }

    private Step Backward()
    {
        var name = Equations.Name(_dense);
        var slope = Equations.SlopeAt(_dense, _layer.Y[J]);
        var (dzName, dyFactor) = ($"dz[{J}]", $"dy[{J}]");
        List<Line> lines = [FromAbove()];
        if (name.Length > 0)
        {
            var z = walk.Trace.Z[_dense.Index][J];
            lines.Add(new Line($"{name}'(z[{J}])", slope, Equations.Slope(_dense, z, _layer.Y[J])));
            dyFactor = $"{name}'(z[{J}])·{dyFactor}";
        }

        lines.Add(new Line(dzName, _layer.Dz[J]) { Terms = [Chain(dyFactor)], Numeric = walk.Numbers.Dz(_dense.Index, [J])[0] });
        lines.Add(new Line($"d{Name}", _layer.Dw[(I * _dense.Outputs) + J])
        {
            Terms = [Chain($"x[{I}]·{dyFactor}", _layer.X[I])],
            Numeric = walk.Numbers.Dw(_dense.Index, [(I * _dense.Outputs) + J])[0],
        });
        return new Step(new("weight", _dense.Index + 1, "backward"), $"{Name}: its gradient, by the chain rule",
            "How the loss depends on the weight: the slopes of everything between them, multiplied. "
            + "Each was computed on the way back.",
            [
                $"∂L/∂{Name} = ∂z[{J}]/∂{Name} · ∂y[{J}]/∂z[{J}] · ∂L/∂y[{J}]",
                name.Length > 0 ? $"d{Name} = x[{I}] · {name}'(z[{J}]) · dy[{J}]" : $"d{Name} = x[{I}] · 1 · dy[{J}]",
            ],
            lines, []);

        Term Chain(string factors, params double[] first) =>
            name.Length > 0 ? new Term(factors, [.. first, slope, _layer.Dy[J]]) : new Term(factors, [.. first, _layer.Dy[J]]);
    }

    /// <summary>Where dy comes from: every unit of the next layer, or the loss.</summary>
    private Line FromAbove()
    {
        var numeric = walk.Numbers.Dy(_dense.Index, [J])[0];
        if (_dense == walk.Layers[^1])
        {
            return new Line($"dy[{J}]", _layer.Dy[J], walk.Loss.Gradient(J)) { Numeric = numeric };
        }

        // A prime tells the next layer's numbers from this one's. What dropout between them multiplied by comes last.
        var next = walk.DenseLayers[walk.Weight.Layer];
        double[] mask = [.. walk.Layers.Take(next.Index).Skip(_dense.Index + 1).Select(dropout => walk.Mask(dropout, J))];
        var masks = string.Concat(mask.Select(_ => $"·mask[{J}]"));
        var weights = walk.Trace.Values(next.Weights).ToArray();
        var terms = walk.Trace.Sample.Layers[next.Index].Dz.Select((dz, k) =>
            new Term($"dz'[{k}]·w'[{J},{k}]{masks}", [dz, weights[(J * next.Outputs) + k], .. mask]));
        return Line.Sum($"dy[{J}]", _layer.Dy[J], terms, Explanation.MostTerms) with { Numeric = numeric };
    }
}
