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
        Layers = subject.Network.Layers;
        DenseLayers = [.. Layers.OfType<Dense>()];

        // The numeric gradients belong to the weights before the step, so they are taken on a second copy.
        using var before = Blueprint.Of(subject.Network).Build(subject.Network.Backend, subject.Network.Seed);
        before.SetWeights(subject.Network.CopyWeights());
        Trace = StepTrace.Run(
            subject.Network, subject.Next.Optimizer, subject.Model.Format.Convert(subject.Pixels), subject.Label);
        Weight = weight ?? Steepest();
        Numbers = new NumericGradients(before, Trace, subject.Label);
        Classes = ChooseClasses();
        Loss = LossStory.Of(this);
        Steps =
        [
            .. new ForwardWalk(this).Steps(), .. new BackwardWalk(this).Steps(),
            .. new WeightStory(this).Steps(), .. new UpdateStory(this).Steps(),
        ];
    }

    /// <summary>What is explained.</summary>
    public Subject Subject { get; }

    /// <summary>The layers: dense ones, and dropout.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The layers with weights, which a person counts from 1.</summary>
    public IReadOnlyList<Dense> DenseLayers { get; }

    /// <summary>What was computed.</summary>
    public StepTrace Trace { get; }

    /// <summary>The weight that is followed; layer from 1.</summary>
    public (int Layer, int Input, int Output) Weight { get; }

    /// <summary>The layer of that weight.</summary>
    public Dense Followed => DenseLayers[Weight.Layer - 1];

    /// <summary>Gradients by differences.</summary>
    public NumericGradients Numbers { get; }

    /// <summary>The scores that are shown: of all classes, or of the likeliest and the right one.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>What depends on the loss.</summary>
    public LossStory Loss { get; }

    /// <summary>The walk.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>A number as it is shown; a zero has no sign.</summary>
    public static string Show(double value) => (value + 0.0).ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A number as it stands in a product.</summary>
    public static string ShowFactor(double value) => value < 0 ? $"({Show(value)})" : Show(value);

    /// <summary>What to call a layer: a dense one by its number from 1.</summary>
    public string NameOf(Layer layer) =>
        layer is Dense dense ? $"layer {NumberOf(dense)}" : $"the dropout {WhereOf((Dropout)layer)}";

    /// <summary>Where a dropout stands.</summary>
    public string WhereOf(Dropout dropout) =>
        dropout.Index == 0 ? "of the sample" : $"after {NameOf(Layers[dropout.Index - 1])}";

    /// <summary>What a dropout multiplied a value by; 1 for one that drops nothing.</summary>
    public double Mask(Layer dropout, int j) => Trace.Sample.Layers[dropout.Index].Mask is { Count: > 0 } mask ? mask[j] : 1;

    /// <summary>The number of a dense layer, from 1.</summary>
    public int NumberOf(Dense dense) => Layers.Take(dense.Index + 1).OfType<Dense>().Count();

    /// <summary>
    /// The units of a layer, counted from 0, that are shown: all, or those with the largest gradient and the one of the weight.
    /// </summary>
    public int[] Units(int layer)
    {
        var dz = Trace.Sample.Layers[layer].Dz;
        if (dz.Length <= FewUnits)
        {
            return [.. Enumerable.Range(0, dz.Length)];
        }

        // Of pixels that may be dropped, those that had any ink.
        var ink = Layers[layer] is Dropout { Index: 0 } ? Trace.Sample.Layers[0].X : [];
        var most = Enumerable.Range(0, dz.Length)
            .OrderByDescending(j => Math.Abs(dz[j] * (ink.Length > 0 ? ink[j] : 1))).Take(MostUnits);
        var isFollowed = layer == Followed.Index || (layer == Followed.Index + 1 && Layers[layer] is Dropout);
        return [.. (isFollowed ? most.Prepend(Weight.Output) : most).Distinct().Take(MostUnits)];
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
        var first = DenseLayers[0];
        var dw = Trace.Sample.Layers[first.Index].Dw;
        var place = Enumerable.Range(0, dw.Length).MaxBy(i => Math.Abs(dw[i]));
        return (1, place / first.Outputs, place % first.Outputs);
    }
}
