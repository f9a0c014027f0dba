using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>A classifier: one score a class, of which softmax makes probabilities.</summary>
/// <param name="walk">What was computed.</param>
/// <param name="loss">The loss, with its smoothing and weights.</param>
internal sealed class SoftmaxStory(Explanation walk, SoftmaxCrossEntropy loss) : LossStory
{
    private readonly byte _label = walk.Subject.Label;
    private readonly float[] _scores = walk.Trace.Sample.Scores;
    private readonly float[] _p = walk.Trace.Probabilities;

    public override string ScoreWords => " This is the last layer: its y are the scores of the classes.";

    public override string Words =>
        $"Softmax makes probabilities of the scores. The loss says how surprising the right class is: {TargetWords}"
        + (IsWeighted ? $"; c is this class's weight, {Explanation.Show(Weight)}." : ".");

    public override IReadOnlyList<string> Forward => ["p[j] = e^(y[j] - max y) / Σk e^(y[k] - max y)", CrossEntropy];

    public override IEnumerable<Line> Lines
    {
        get
        {
            var max = _scores.Max();
            var sum = Explanation.Show(_scores.Sum(score => Math.Exp(score - (double)max)));
            return walk.Classes
                .Select(j => new Line($"p[{j}]", _p[j], $"e^({Explanation.Show(_scores[j])} - {Explanation.Show(max)}) / {sum}"))
                .Append(LossLine());
        }
    }

    public override string BackwardWords =>
        "Softmax and logarithm together have the simplest gradient there is: probability less truth. Where it is positive, a "
        + "higher score would raise the loss; only the right class's is negative.";

    public override IReadOnlyList<string> Backward =>
    [
        $"forward: {CrossEntropy}, p = softmax(y)",
        $"so: dy[j] = ∂L/∂y[j] = {(IsWeighted ? "c·(p[j] - t[j])" : "p[j] - t[j]")}",
    ];

    public override string RightName => $"p[{_label}]";

    private bool IsWeighted => loss.ClassWeights.Count > 0;

    /// <summary>What the loss of the right class is multiplied by.</summary>
    private double Weight => IsWeighted ? loss.ClassWeights[_label] : 1;

    private string CrossEntropy => IsWeighted ? "L = -c·Σj t[j]·ln p[j]" : "L = -Σj t[j]·ln p[j]";

    private string TargetWords => loss.LabelSmoothing > 0
        ? $"t is {Explanation.Show(Target(_label))} for the right class and "
            + $"{Explanation.Show(loss.LabelSmoothing / (double)_p.Length)} for the others (label smoothing)"
        : "t is 1 for the right class and 0 for the others";

    public override double Right(float[] probabilities) => probabilities[_label];

    public override string Gradient(int j)
    {
        var difference = $"{Explanation.Show(_p[j])} - {Explanation.Show(Target(j))}";
        return Weight.Equals(1.0) ? difference : $"{Explanation.Show(Weight)}·({difference})";
    }

    /// <summary>What the loss takes for the truth: 1 for the label, 0 for others, softened by label smoothing.</summary>
    private double Target(int j) =>
        (j == _label ? 1 - (double)loss.LabelSmoothing : 0) + (loss.LabelSmoothing / (double)_p.Length);

    /// <summary>
    /// The loss as a sum over classes; logarithms are taken of scores, as the engine does, so that none is of a rounded zero.
    /// </summary>
    private Line LossLine()
    {
        double max = _scores.Max();
        var logSum = max + Math.Log(_scores.Sum(score => Math.Exp(score - max)));
        var terms = Enumerable.Range(0, _scores.Length).Where(j => Target(j) > 0)
            .Select(j => new Term($"{(Weight.Equals(1.0) ? "" : "c·")}-t[{j}]·ln p[{j}]",
                -Weight * Target(j), _scores[j] - logSum));
        return Line.Sum("L", walk.Trace.Sample.Loss, terms, Explanation.MostTerms);
    }
}
