using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>What the optimizer makes of one weight's gradient, and what the whole step does to the loss.</summary>
/// <param name="walk">What was computed.</param>
internal sealed class UpdateStory(Explanation walk)
{
    private readonly ValueStep _value = walk.Trace.Of(
        walk.Followed.Weights, (walk.Weight.Input * walk.Followed.Outputs) + walk.Weight.Output);

    private Optimizer Optimizer => walk.Subject.Next.Optimizer;

    private string Name => $"w[{walk.Weight.Input},{walk.Weight.Output}]";

    /// <summary>Whether the decay is added to the gradient, as in Adam and SGD; AdamW shrinks the weight instead.</summary>
    private bool AddsDecay => Optimizer.WeightDecay > 0 && Optimizer is not AdamW;

    private double Gradient => _value.Applied + (AddsDecay ? Optimizer.WeightDecay * (double)_value.Before : 0);

    private Place Here => new("weight", walk.Followed.Index + 1, Optimizer.Kind);

    private Line Rate => new("rate", Optimizer.LearningRate, walk.Subject.Next.RateWords);

    /// <summary>The steps, first to last.</summary>
    public IEnumerable<Step> Steps() => [Optimizer is Adam adam ? ByAdam(adam) : BySgd(), After()];

    private Step ByAdam(Adam adam)
    {
        var json = adam.Describe();
        var (beta1, beta2, epsilon) = ((float)json["beta1"]!, (float)json["beta2"]!, (float)json["epsilon"]!);
        var (m, v, t, rate) = (_value.StateAfter[0], _value.StateAfter[1], adam.Steps, (double)adam.LearningRate);
        var (mHat, vHat) = (m / (1 - Math.Pow(beta1, t)), v / (1 - Math.Pow(beta2, t)));
        var step = rate * mHat / (Math.Sqrt(vHat) + epsilon);
        var kept = adam is AdamW
            ? new Term($"(1 - rate·decay)·{Name}", 1 - (rate * adam.WeightDecay), _value.Before)
            : new Term(Name, _value.Before);
        return new Step(Here, $"{Name}: its step by {adam.Kind}, the {Ordinal(t)}",
            "m is a running mean of the gradients, v of their squares. Both began at 0 and are too small at first, which the "
            + "bias correction makes up for. The weight then moves against m by about the rate, however small the gradients are.",
            [
                "m = β1·m + (1 - β1)·g,  v = β2·v + (1 - β2)·g²", "m̂ = m / (1 - β1^t),  v̂ = v / (1 - β2^t)",
                adam is AdamW ? "w = (1 - rate·decay)·w - rate·m̂ / (√v̂ + ε)" : "w = w - rate·m̂ / (√v̂ + ε)",
            ],
            [
                Rate,
                new("g", Gradient, GradientWords()),
                Mean("m", m, "β1", beta1, _value.StateBefore[0], Gradient),
                Mean("v", v, "β2", beta2, _value.StateBefore[1], Gradient, Gradient),
                new("m̂", mHat, $"{Explanation.Show(m)} / {Explanation.Show(1 - Math.Pow(beta1, t))}"),
                new("v̂", vHat, $"{Explanation.Show(v)} / {Explanation.Show(1 - Math.Pow(beta2, t))}"),
                new("step", step, $"{Explanation.Show(rate)}·{Explanation.ShowFactor(mHat)} / (√{Explanation.Show(vHat)} + "
                    + $"{Explanation.Show(epsilon)})"),
                new("w after", _value.After) { Terms = [kept, new Term("-step", -step)] },
            ],
            []);
    }

    private Step BySgd()
    {
        var json = Optimizer.Describe();
        var (momentum, isNesterov) = ((float)json["momentum"]!, (bool)json["nesterov"]!);
        var along = momentum == 0 ? "g" : isNesterov ? "(g + momentum·u)" : "u";
        List<Line> lines = [Rate, new("g", Gradient, GradientWords())];
        var direction = Gradient;
        if (momentum > 0)
        {
            direction = isNesterov ? Gradient + (momentum * (double)_value.StateAfter[0]) : _value.StateAfter[0];
            lines.Add(new("u", _value.StateAfter[0])
            {
                Terms = [new Term("momentum·u before", momentum, _value.StateBefore[0]), new Term("g", Gradient)],
            });
        }

        lines.Add(new("w after", _value.After)
        {
            Terms = [new Term(Name, _value.Before), new Term($"-rate·{along}", -(double)Optimizer.LearningRate, direction)],
        });
        return new Step(Here, $"{Name}: its step by sgd, the {Ordinal(Optimizer.Steps)}",
            momentum == 0
                ? "The weight moves against its gradient."
                : "u gathers the gradients so far, older ones fading; the weight moves against it.",
            momentum == 0
                ? ["w = w - rate·g"]
                : ["u = momentum·u + g", $"w = w - rate·{along}"],
            lines, []);
    }

    private Step After()
    {
        var (before, after) = (walk.Trace.Sample.Loss, walk.Trace.LossAfter);
        return new Step(new("weight", walk.Layers.Count + 1, "L after"), "The loss after the step",
            "Every weight and bias has made such a step at the same time. The sample goes once more through the changed "
            + "network. The gradients foretold a change, as if the loss went on as straight as at the start; what differs is "
            + "its curvature." + (walk.Layers.Any(layer => layer is Dropout) ? " Dropout drops the same values again." : ""),
            ["L after = L(w + Δw)", "foretold: L after - L ≈ Σ dw·Δw, over all weights and biases"],
            [
                new Line($"{walk.Loss.RightName} before", walk.Loss.Right(walk.Trace.Probabilities)),
                new Line($"{walk.Loss.RightName} after", walk.Loss.Right(walk.Trace.ProbabilitiesAfter)),
                new Line("L before", before),
                new Line("L after", after),
                new Line("change", after - before) { Terms = [new Term("L after", after), new Term("-L before", -before)] },
                new Line("foretold", walk.Trace.ForetoldChange, "Σ dw·Δw"),
            ],
            [
                Explanation.Strip("p before", walk.Trace.Probabilities),
                Explanation.Strip("p after", walk.Trace.ProbabilitiesAfter),
            ]);
    }

    private string GradientWords()
    {
        var clipped = _value.Applied.Equals(_value.Gradient) ? "" : ", after clipping the norm";
        return AddsDecay ? $"d{Name}{clipped} + {Explanation.Show(Optimizer.WeightDecay)}·w" : $"d{Name}{clipped}";
    }

    private static Line Mean(string name, double value, string beta, float kept, float before, params double[] added) =>
        new(name, value)
        {
            Terms =
            [
                new Term($"{beta}·{name} before", kept, before),
                new Term($"(1 - {beta})·g{(added.Length > 1 ? "²" : "")}", [1 - (double)kept, .. added]),
            ],
        };

    private static string Ordinal(long number) => (number % 100 is > 10 and < 14 ? 0 : number % 10) switch
    {
        1 => $"{number}st",
        2 => $"{number}nd",
        3 => $"{number}rd",
        _ => $"{number}th",
    };
}
