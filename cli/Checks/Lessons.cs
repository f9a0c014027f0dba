using ScratchNet.Cli.Parsing;
using ScratchNet.Engine;

namespace ScratchNet.Cli.Checks;

/// <summary>A mistake as an exercise.</summary>
/// <param name="Fault">The mistake.</param>
/// <param name="Title">What a person notices, without the cause.</param>
/// <param name="Exercise">What to look at and to think about.</param>
/// <param name="Right">The line as it should be.</param>
/// <param name="Wrong">The line with the mistake.</param>
/// <param name="Answer">What it does, which check sees it and why others do not.</param>
internal sealed record Lesson(Fault Fault, string Title, string Exercise, string Right, string Wrong, string Answer)
{
    /// <summary>Its number, from 1.</summary>
    public int Number => Lessons.All.ToList().IndexOf(this) + 1;

    /// <summary>What --inject-bug calls it.</summary>
    public string Name => Lessons.NameOf(Fault);
}

/// <summary>Every mistake that can be planted.</summary>
internal static class Lessons
{
    /// <summary>The lessons, from the plainest to the most hidden.</summary>
    public static IReadOnlyList<Lesson> All { get; } =
    [
        new(Fault.BiasNotSummed, "It learns almost as well, and one small tensor is wrong",
            "The curve of the loss is nearly the healthy one. One kind of parameter has gradients that are too small. "
            + "What do all rows of a batch share, and what follows for its gradient?",
            "db[j] = sum over i of dz[i,j]", "db[j] = dz[0,j]",
            "y[i,j] = sum x[i,p]·W[p,j] + b[j] uses b[j] once in every row, so its gradient is the sum over the rows: "
            + "a column sum. With a batch of one the mistake is invisible; gradient checks therefore use several rows. "
            + "Weights make up for biases, so the loss hardly tells."),
        new(Fault.MissingTranspose, "The last layer is right, all before it are wrong",
            "All gradients of the last layer pass, none before it does. What has passed through the last layer's "
            + "backward step and is wrong there? Look at the sizes: why did nothing complain?",
            "dx = dz·Wᵀ", "dx = dz·W, with W's memory read as outputs x inputs",
            "y[i,j] = sum over p of x[i,p]·W[p,j]: x[i,p] acts on every y[i,j] through W[p,j], so dx[i,p] = sum over "
            + "j of dz[i,j]·W[p,j], a product with the transpose. A flat array has as many elements either way. The "
            + "layers before are pushed somewhere at every step and the last one, which is right, runs after them: the "
            + "loss rises and then falls slowly."),
        new(Fault.WrongActivationMask, "Every layer with an activation is wrong, the last one is not",
            "A linear last layer passes, layers with an activation do not. The derivative of ReLU is 1 or 0: who "
            + "decides which?",
            "dz = dy where y > 0, else 0", "dz = dy where dy > 0, else 0",
            "The mask belongs to the forward pass: y > 0 (or z > 0, which is the same). Masking by dy lets only "
            + "positive gradients pass, so weights are pushed one way only. The shapes are the same and nothing "
            + "overflows; only a comparison of numbers shows it."),
        new(Fault.NoBatchMean, "Every gradient is wrong by one and the same factor",
            "Divide what backpropagation says by what the differences say, for several elements. Which number of this "
            + "check do you know that is equal to this factor? Why does Adam hide it, and which optimizer would not?",
            "dscores = (p - t) / batch", "dscores = p - t",
            "The loss is the mean over the batch, so its gradient has a factor 1/batch. Adam divides by the root of "
            + "the squared gradients, and a constant factor falls out. With plain SGD the rate would in effect be "
            + "multiplied by the batch size, and change with it."),
        new(Fault.GradientsNotCleared, "Every gradient check passes, and still it trains badly",
            "All comparisons with differences pass, one check does not. What is different between the first step and "
            + "the second?",
            "dW = xᵀ·dz", "dW += xᵀ·dz, and nobody sets it to zero between steps",
            "A gradient check makes one backward pass from fresh memory, where adding is as good as setting. In "
            + "training each step then goes by the sum of all gradients so far: a momentum that never fades. The check "
            + "that makes the same step twice sees it."),
        new(Fault.AdamNoBiasCorrection, "All gradients are right, the first steps are not",
            "Gradients are fine, so look behind them. m and v begin at zero: how large is v after one step, and how "
            + "large is m/sqrt(v) then?",
            "step = rate · (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)", "step = rate · m / (sqrt(v) + eps)",
            "After one step m = 0.1·g and v = 0.001·g², so m/sqrt(v) is 3.2 instead of 1: the first step is three "
            + "times too long, the tenth six times, and it takes some thousand steps to fade. A small rate may even gain by "
            + "that, a large one does not survive it. Compare the first steps with the formula."),
        new(Fault.SoftmaxNoMax, "It works for days and then says NaN",
            "Every gradient passes. One check of the loss does not: with which scores? What is the largest x for "
            + "which e^x is a float32?",
            "p[j] = e^(z[j] - max) / sum of e^(z - max)", "p[j] = e^z[j] / sum of e^z",
            "e^89 is infinite in float32, and infinity / infinity is NaN. Subtracting the row's largest score changes "
            + "nothing in the result and keeps every exponent at or below zero. Random small scores never show it; "
            + "trained and confident networks do, late at night."),
        new(Fault.ZeroWeights, "It starts exactly at ln(classes) and stays there",
            "All gradients are right. The first loss is even exact. What are the gradients of the hidden layers?",
            "W is random in ± sqrt(6 / inputs)", "W = 0",
            "With W = 0 every hidden unit gives the same, and dx = dz·Wᵀ is zero: nothing reaches the layers before. "
            + "Only the last bias learns: how frequent each class is. Symmetry has to be broken by chance. Ten samples "
            + "that cannot be learnt by heart show it."),
        new(Fault.LargeWeights, "The first loss is far too large",
            "All gradients are right, and it even learns, if slowly. What should the loss of a network be that knows "
            + "nothing?",
            "W is random in ± sqrt(6 / inputs)", "W is random in ± 10·sqrt(6 / inputs)",
            "A network that knows nothing should give every class about the same probability: a loss of ln(classes), "
            + "2.303 for ten. Large weights make it certain of nonsense: many steps go into unlearning that, and "
            + "sigmoids would start saturated."),
    ];

    /// <summary>The names of all faults, as a list to read.</summary>
    public static string Names => string.Join(", ", All.Select(lesson => lesson.Name));

    /// <summary>What --inject-bug calls a fault.</summary>
    public static string NameOf(Fault fault) => string.Concat(
        fault.ToString().Select((letter, place) => char.IsAsciiLetterUpper(letter) && place > 0 ? $"-{letter}" : $"{letter}"))
        .ToLowerInvariant();

    /// <summary>The lesson of a number or name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static Lesson Find(string option, string text) => int.TryParse(text, out _)
        ? All[Values.Whole(option, text, 1, All.Count) - 1]
        : All.First(lesson => lesson.Name == Values.Choice(option, text, [.. All.Select(known => known.Name)]));
}
