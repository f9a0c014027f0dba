using System.Globalization;
using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>One traced training step, told as the steps of a walk: forwards, backwards, and along one weight.</summary>
internal sealed class Explanation
{
    /// <summary>Terms of a sum that are shown; the others are added up in one.</summary>
    public const int MostTerms = 8;

    // A layer of so many units is shown whole; of a larger one those that matter most.
    private const int FewUnits = 12;
    private const int MostUnits = 6;
    private const int FewClasses = 26;

    /// <summary>Makes the step and describes it.</summary>
    /// <param name="subject">The network and its sample; the step changes the network.</param>
    /// <param name="weight">
    /// Which weight to follow: layer from 1, input, output; null for the one with the largest gradient in layer 1.
    /// </param>
    public Explanation(Subject subject, (int Layer, int Input, int Output)? weight)
    {
        Subject = subject;
        Layers = [.. subject.Network.Layers.Cast<Dense>()];

        // The numeric gradients belong to the weights before the step, so they are taken on a second copy.
        using var before = Blueprint.Of(subject.Network).Build(subject.Network.Backend);
        before.SetWeights(subject.Network.CopyWeights());
        Trace = StepTrace.Run(
            subject.Network, subject.Next.Optimizer, subject.Model.Format.Convert(subject.Pixels), subject.Label);
        Weight = weight ?? Steepest();
        Numbers = new NumericGradients(before, Trace, subject.Label);
        Classes = ChooseClasses();
        Steps =
        [
            .. new ForwardWalk(this).Steps(), .. new BackwardWalk(this).Steps(),
            .. new WeightStory(this).Steps(), .. new UpdateStory(this).Steps(),
        ];
    }

    /// <summary>What is explained.</summary>
    public Subject Subject { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Dense> Layers { get; }

    /// <summary>What was computed.</summary>
    public StepTrace Trace { get; }

    /// <summary>The weight that is followed; layer from 1.</summary>
    public (int Layer, int Input, int Output) Weight { get; }

    /// <summary>Gradients by differences.</summary>
    public NumericGradients Numbers { get; }

    /// <summary>The classes that are shown: all, or the likeliest and the right one.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>The loss.</summary>
    public SoftmaxCrossEntropy Loss => (SoftmaxCrossEntropy)Subject.Network.Loss;

    /// <summary>The walk.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>A number as it is shown.</summary>
    public static string Show(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A number as it stands in a product.</summary>
    public static string ShowFactor(double value) => value < 0 ? $"({Show(value)})" : Show(value);

    /// <summary>The units of a layer that are shown: all, or those with the largest gradient and the one of the weight.</summary>
    public int[] Units(int layer)
    {
        var dz = Trace.Sample.Layers[layer].Dz;
        if (dz.Length <= FewUnits)
        {
            return [.. Enumerable.Range(0, dz.Length)];
        }

        var most = Enumerable.Range(0, dz.Length).OrderByDescending(j => Math.Abs(dz[j])).Take(MostUnits);
        return [.. (layer == Weight.Layer - 1 ? most.Prepend(Weight.Output) : most).Distinct().Take(MostUnits)];
    }

    /// <summary>Values as one row, or as several where there are many.</summary>
    public static Picture Strip(string name, float[] values) => new(name, Math.Min(32, values.Length), values);

    private int[] ChooseClasses()
    {
        var p = Trace.Probabilities;
        return p.Length <= FewClasses
            ? [.. Enumerable.Range(0, p.Length)]
            : [.. Enumerable.Range(0, p.Length).OrderByDescending(j => j == Subject.Label ? 2 : p[j]).Take(FewClasses).Order()];
    }

    private (int Layer, int Input, int Output) Steepest()
    {
        var dw = Trace.Sample.Layers[0].Dw;
        var place = Enumerable.Range(0, dw.Length).MaxBy(i => Math.Abs(dw[i]));
        return (1, place / Layers[0].Outputs, place % Layers[0].Outputs);
    }
}
