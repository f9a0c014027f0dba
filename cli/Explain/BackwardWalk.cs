using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>The walk backwards: from the loss through every layer, last to first.</summary>
/// <param name="walk">What was computed.</param>
internal sealed class BackwardWalk(Explanation walk)
{
    private const int MostPictures = 24;
    private const int LargestMatrix = 16_384;
    private const int MostInputs = 4;

    private StepTrace Trace => walk.Trace;

    /// <summary>The steps, in the order in which training takes them.</summary>
    public IEnumerable<Step> Steps() =>
    [
        Loss(),
        .. walk.Layers.Reverse().SelectMany(layer => layer is Dense dense
            ? [Activation(dense), Weights(dense), Inputs(dense)]
            : new[] { Dropped((Dropout)layer) }),
    ];

    private Step Loss()
    {
        var dy = Trace.Sample.Layers[^1].Dy;
        var numeric = walk.Numbers.Dy(walk.Layers.Count - 1, walk.Classes);
        var lines = walk.Classes.Select((j, i) => new Line($"dy[{j}]", dy[j], walk.Loss.Gradient(j)) { Numeric = numeric[i] });
        return new Step(new("backward", walk.Layers.Count + 1, "dy"), "Back through the loss",
            walk.Loss.BackwardWords, walk.Loss.Backward, [.. lines], [Explanation.Strip("dy", dy)]);
    }

    private Step Activation(Dense dense)
    {
        var layer = Trace.Sample.Layers[dense.Index];
        var units = walk.Units(dense.Index);
        var (dz, db) = (walk.Numbers.Dz(dense.Index, units), walk.Numbers.Db(dense.Index, units));
        var isPlain = Equations.Name(dense).Length == 0;
        string Sloped(int j) =>
            $"{Explanation.ShowFactor(layer.Dy[j])}·{Explanation.Show(Equations.SlopeAt(dense, layer.Y[j]))}";
        var above = dense == walk.Layers[^1]
            ? "the loss's gradient"
            : $"what {walk.NameOf(walk.Layers[dense.Index + 1])} passed back as its dx";
        return new Step(new("backward", dense.Index + 1, "dz, db"), $"Layer {walk.NumberOf(dense)}: dz and db",
            $"dy is {above}. " + (isPlain ? "There is no activation to pass." : "It is multiplied by the activation's slope.")
            + " The bias is added to z as it is, so its gradient is that of z (in a batch: the sum over the rows).",
            [
                $"forward: {Equations.Product}, {Equations.Activate(dense)}",
                $"so: {Equations.Differentiate(dense)}", "and: db[j] = dz[j]",
            ],
            [.. units.SelectMany((j, i) => new[]
            {
                new Line($"dz[{j}]", layer.Dz[j], isPlain ? $"dy[{j}]" : Sloped(j)) { Numeric = dz[i] },
                new Line($"db[{j}]", layer.Dz[j], $"dz[{j}]") { Numeric = db[i] },
            })],
            [Explanation.Strip("dz", layer.Dz)]);
    }

    private Step Weights(Dense dense)
    {
        var layer = Trace.Sample.Layers[dense.Index];
        var strongest = layer.X.Select((x, p) => (Math.Abs(x), p)).Max().p;
        var places = walk.Units(dense.Index).Select(j => (strongest * dense.Outputs) + j).ToList();
        if (dense == walk.Followed)
        {
            places.Insert(0, (walk.Weight.Input * dense.Outputs) + walk.Weight.Output);
        }

        int[] chosen = [.. places.Distinct()];
        var numeric = walk.Numbers.Dw(dense.Index, chosen);
        var isFirst = dense == walk.DenseLayers[0];
        var pictures = isFirst
            ? FirstLayer(layer)
            : layer.Dw.Length <= LargestMatrix ? [new Picture("dw", dense.Outputs, layer.Dw)] : [];
        return new Step(new("backward", dense.Index + 1, "dw"), $"Layer {walk.NumberOf(dense)}: dw",
            "A weight acts on z through its input, so that is its slope: one whose input is 0 learns nothing from this sample."
            + (isFirst
                ? " Put together, the gradients of one unit's weights are a picture: what came in, times the unit's dz."
                : ""),
            [$"forward: {Equations.Product}", "so: dw[p,j] = x[p]·dz[j]"],
            [.. chosen.Select((place, i) => Product(layer, place / dense.Outputs, place % dense.Outputs, numeric[i]))], pictures);
    }

    private Step Inputs(Dense dense)
    {
        var layer = Trace.Sample.Layers[dense.Index];
        var weights = Trace.Values(dense.Weights).ToArray();
        var steepest = Enumerable.Range(0, dense.Inputs).OrderByDescending(p => Math.Abs(layer.Dx[p]));
        int[] inputs = [.. steepest.Take(MostInputs)];
        var numeric = walk.Numbers.Dx(dense.Index, inputs);
        Term[] Terms(int p) =>
            [.. layer.Dz.Select((dz, j) => new Term($"dz[{j}]·w[{p},{j}]", dz, weights[(p * dense.Outputs) + j]))];
        return new Step(new("backward", dense.Index + 1, "dx"), $"Layer {walk.NumberOf(dense)}: dx",
            dense.Index == 0
                ? "The gradient of the picture itself. Training leaves it out, since nothing before it learns; it says which "
                    + "pixels, were they brighter, would raise the loss (above zero), and which would lower it."
                : $"What {walk.NameOf(walk.Layers[dense.Index - 1])} gets as its dy: every input acts on every unit, through one "
                    + "weight each, so its gradient is a sum.",
            [$"forward: {Equations.Product}", "so: dx[p] = Σj dz[j]·w[p,j]"],
            [
                .. inputs.Select((p, i) => Line.Sum($"dx[{p}]", layer.Dx[p], Terms(p), Explanation.MostTerms)
                    with { Numeric = numeric[i] }),
            ],
            [OfInputs(dense, layer)]);
    }

    private Step Dropped(Dropout dropout)
    {
        var layer = Trace.Sample.Layers[dropout.Index];
        var units = walk.Units(dropout.Index);
        var numeric = walk.Numbers.Dx(dropout.Index, units);
        return new Step(new("backward", dropout.Index + 1, "dropout"), $"Dropout {walk.WhereOf(dropout)}: dx",
            "What was dropped acts on nothing, so nothing comes back to it; what was kept gets its gradient times the same "
            + "factor.",
            ["forward: y[j] = x[j]·mask[j]", "so: dx[j] = dy[j]·mask[j]"],
            [
                .. units.Select((j, i) => new Line($"dx[{j}]", layer.Dx[j])
                {
                    Terms = [new Term($"dy[{j}]·mask[{j}]", layer.Dy[j], walk.Mask(dropout, j))],
                    Numeric = numeric[i],
                }),
            ],
            [OfInputs(dropout, layer)]);
    }

    /// <summary>The gradient of a layer's inputs: of the first layer a picture.</summary>
    private Picture OfInputs(Layer layer, LayerTrace trace) => layer.Index == 0
        ? new Picture("dx", walk.Subject.Model.Format.Width, trace.Dx)
        : Explanation.Strip("dx", trace.Dx);

    private static Line Product(LayerTrace layer, int p, int j, double numeric) =>
        new($"dw[{p},{j}]", layer.Dw[(p * layer.Y.Length) + j])
        {
            Terms = [new Term($"x[{p}]·dz[{j}]", layer.X[p], layer.Dz[j])],
            Numeric = numeric,
        };

    /// <summary>The gradients of the weights of those units that have the largest, in the units' order.</summary>
    private Picture[] FirstLayer(LayerTrace layer) =>
        [.. Enumerable.Range(0, layer.Dz.Length).OrderByDescending(j => Math.Abs(layer.Dz[j])).Take(MostPictures).Order()
            .Select(j => new Picture($"dw[·,{j}]", walk.Subject.Model.Format.Width,
                [.. Enumerable.Range(0, layer.X.Length).Select(p => layer.Dw[(p * layer.Y.Length) + j])]))];
}
