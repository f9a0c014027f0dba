using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Explain;

/// <summary>Equations of activations and losses, in symbols and with numbers.</summary>
internal static class Equations
{
    /// <summary>The name of the function that a layer applies; empty where it applies none, or leaves it to the loss.</summary>
    public static string Name(Dense dense) => dense.Activation == Activation.None ? "" : dense.Activation.ToString().ToLowerInvariant();

    /// <summary>The derivative of a function in terms of what it gave.</summary>
    public static string Slope(string name) => name switch
    {
        "relu" => "(1 where y[j] > 0, else 0)",
        "sigmoid" => "y[j]·(1 - y[j])",
        "tanh" => "(1 - y[j]²)",
        _ => "1",
    };

    /// <summary>The derivative at a unit that gave y.</summary>
    public static double SlopeAt(Dense dense, float y) => ActivationReference.Gradient(y, 1f, dense.Activation);

    /// <summary>What the loss takes for the truth: 1 for the label, 0 for others, softened by label smoothing.</summary>
    public static double Target(Loss loss, int j, int label, int classes)
    {
        if (loss is not SoftmaxCrossEntropy softmax)
        {
            return label;
        }

        return (j == label ? 1 - (double)softmax.LabelSmoothing : 0) + (softmax.LabelSmoothing / (double)classes);
    }

    /// <summary>What the loss of a class is multiplied by.</summary>
    public static double ClassWeight(Loss loss, int label) => loss is SoftmaxCrossEntropy { ClassWeights.Count: > 0 } softmax
        ? softmax.ClassWeights[label]
        : 1;

    /// <summary>The loss as a sum over classes; logarithms are taken of scores, as the engine does, so that none is of a rounded zero.</summary>
    public static Line Loss(Loss loss, float[] p, float[] scores, int label, double value)
    {
        if (loss is not SoftmaxCrossEntropy)
        {
            return new Line("L", value, label == 1 ? $"-ln {Explanation.Show(p[0])}" : $"-ln(1 - {Explanation.Show(p[0])})");
        }

        double max = scores.Max();
        var logSum = max + Math.Log(scores.Sum(score => Math.Exp(score - max)));
        var weight = ClassWeight(loss, label);
        var terms = Enumerable.Range(0, p.Length).Where(j => Target(loss, j, label, p.Length) > 0)
            .Select(j => new Term($"-t[{j}]·ln p[{j}]", -weight * Target(loss, j, label, p.Length), scores[j] - logSum));
        return Line.Sum("L", value, terms, 10);
    }

    /// <summary>Probability less truth, with numbers.</summary>
    public static string ScoreGradient(Loss loss, float p, int j, int label)
    {
        var classes = loss is SoftmaxCrossEntropy softmax ? Math.Max(softmax.ClassWeights.Count, 1) : 1;
        var smoothing = (loss as SoftmaxCrossEntropy)?.LabelSmoothing ?? 0f;
        var difference = smoothing == 0f
            ? $"{Explanation.Show(p)} - {Target(loss, j, label, classes)}"
            : $"{Explanation.Show(p)} - t[{j}]";
        var weight = ClassWeight(loss, label);
        return weight.Equals(1.0) ? difference : $"{Explanation.Show(weight)}·({difference})";
    }
}
