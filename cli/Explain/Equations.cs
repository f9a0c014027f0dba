using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Explain;

/// <summary>Equations of activations and of the loss, in symbols and with numbers.</summary>
internal static class Equations
{
    /// <summary>The forward line of every dense layer; backward steps quote it.</summary>
    public const string Product = "z[j] = Σp x[p]·w[p,j] + b[j]";

    /// <summary>The name of the function that a layer applies; empty where it applies none.</summary>
    public static string Name(Dense dense) =>
        dense.Activation == Activation.None ? "" : dense.Activation.ToString().ToLowerInvariant();

    /// <summary>The function as a forward line.</summary>
    public static string Activate(Dense dense) => Name(dense) is { Length: > 0 } name ? $"y[j] = {name}(z[j])" : "y[j] = z[j]";

    /// <summary>The derivative of that line, from which dz follows.</summary>
    public static string Differentiate(Dense dense) => dense.Activation switch
    {
        Activation.Relu => "dz[j] = dy[j] where z[j] > 0, else 0",
        Activation.Sigmoid => "dz[j] = dy[j]·y[j]·(1 - y[j])",
        Activation.Tanh => "dz[j] = dy[j]·(1 - y[j]²)",
        _ => "dz[j] = dy[j]",
    };

    /// <summary>The slope of the function at a unit that got z and gave y, with numbers.</summary>
    public static string Slope(Dense dense, float z, float y) => dense.Activation switch
    {
        Activation.Sigmoid => $"{Explanation.Show(y)}·(1 - {Explanation.Show(y)})",
        Activation.Tanh => $"1 - {Explanation.ShowFactor(y)}²",
        _ => $"{Name(dense)}'({Explanation.Show(z)})",
    };

    /// <summary>The slope of the function at a unit that gave y.</summary>
    public static double SlopeAt(Dense dense, float y) => ActivationReference.Gradient(y, 1f, dense.Activation);

    /// <summary>What the loss takes for the truth: 1 for the label, 0 for others, softened by label smoothing.</summary>
    public static double Target(SoftmaxCrossEntropy loss, int j, int label, int classes) =>
        (j == label ? 1 - (double)loss.LabelSmoothing : 0) + (loss.LabelSmoothing / (double)classes);

    /// <summary>What the loss of a class is multiplied by.</summary>
    public static double ClassWeight(SoftmaxCrossEntropy loss, int label) =>
        loss.ClassWeights.Count > 0 ? loss.ClassWeights[label] : 1;

    /// <summary>The loss in symbols; with c where classes have weights.</summary>
    public static string CrossEntropy(bool isWeighted) => isWeighted ? "L = -c·Σj t[j]·ln p[j]" : "L = -Σj t[j]·ln p[j]";

    /// <summary>
    /// The loss as a sum over classes; logarithms are taken of scores, as the engine does, so that none is of a rounded zero.
    /// </summary>
    public static Line Loss(SoftmaxCrossEntropy loss, float[] scores, int label, double value, int most)
    {
        double max = scores.Max();
        var logSum = max + Math.Log(scores.Sum(score => Math.Exp(score - max)));
        var weight = ClassWeight(loss, label);
        var terms = Enumerable.Range(0, scores.Length).Where(j => Target(loss, j, label, scores.Length) > 0)
            .Select(j => new Term($"{(weight.Equals(1.0) ? "" : "c·")}-t[{j}]·ln p[{j}]",
                -weight * Target(loss, j, label, scores.Length), scores[j] - logSum));
        return Line.Sum("L", value, terms, most);
    }

    /// <summary>Probability less truth, with numbers.</summary>
    public static string ScoreGradient(SoftmaxCrossEntropy loss, float[] p, int j, int label)
    {
        var difference = $"{Explanation.Show(p[j])} - {Explanation.Show(Target(loss, j, label, p.Length))}";
        var weight = ClassWeight(loss, label);
        return weight.Equals(1.0) ? difference : $"{Explanation.Show(weight)}·({difference})";
    }
}
