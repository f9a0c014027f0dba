namespace ScratchNet.Cli.Explain;

/// <summary>A yes-or-no network: one score, whose sigmoid is the probability of class 1.</summary>
/// <param name="walk">What was computed.</param>
internal sealed class BinaryStory(Explanation walk) : LossStory
{
    private const string CrossEntropy = "L = -t·ln p - (1 - t)·ln(1 - p)";

    private bool IsYes => walk.Subject.Label == 1;

    private double Score => walk.Trace.Sample.Scores[0];

    public override string ScoreWords =>
        " This is the last layer: its y is the score of class 1, of which the loss takes the sigmoid.";

    public override string Words =>
        "The sigmoid of the score is the probability of class 1. The loss says how surprising the right "
        + $"class is: t is 1 for class 1 and 0 for class 0, here {walk.Subject.Label}.";

    public override IReadOnlyList<string> Forward => ["p = sigmoid(y[0]) = 1 / (1 + e^-y[0])", CrossEntropy];

    /// <summary>
    /// Logarithms are taken of the score, as the engine does, so that none is of a rounded zero: ln p = -ln(1 + e^-y), and
    /// ln(1 - p) = -ln(1 + e^y).
    /// </summary>
    public override IEnumerable<Line> Lines =>
    [
        new("p", walk.Trace.Probabilities[0], $"1 / (1 + e^{Explanation.ShowFactor(-Score)})"),
        new("L", walk.Trace.Sample.Loss)
        {
            Terms = [new Term($"-ln {(IsYes ? "p" : "(1 - p)")}", -1, -Math.Log(1 + Math.Exp(IsYes ? -Score : Score)))],
        },
    ];

    public override string BackwardWords =>
        "Sigmoid and logarithm together have the simplest gradient there is: probability less "
        + "truth. Where it is positive, a higher score would raise the loss.";

    public override IReadOnlyList<string> Backward =>
        [$"forward: {CrossEntropy}, p = sigmoid(y[0])", "so: dy[0] = ∂L/∂y[0] = p - t"];

    public override string RightName => IsYes ? "p" : "1 - p";

    public override double Right(float[] probabilities) => IsYes ? probabilities[0] : 1 - (double)probabilities[0];

    public override string Gradient(int j) => $"{Explanation.Show(walk.Trace.Probabilities[0])} - {walk.Subject.Label}";
}
