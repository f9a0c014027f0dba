using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>How one tensor's gradient compares with the numeric one.</summary>
/// <param name="Name">The parameter, or <c>input</c>.</param>
/// <param name="Checked">How many elements were compared.</param>
/// <param name="Kinks">How many were left out because the function has a corner there (ReLU at 0).</param>
/// <param name="WorstIndex">Index of the element that differs most.</param>
/// <param name="Analytic">Its gradient by backpropagation.</param>
/// <param name="Numeric">Its gradient by central differences.</param>
/// <param name="RelativeError">The largest difference, divided by the largest numeric gradient of the tensor.</param>
public sealed record GradientComparison(
    string Name, int Checked, int Kinks, int WorstIndex, double Analytic, double Numeric, double RelativeError)
{
    /// <summary>
    /// Gradients are computed in float32 and sums of a few hundred terms lose two or three digits of its seven;
    /// a wrong formula is off by far more than this.
    /// </summary>
    public const double Tolerance = 2e-5;

    /// <summary>Elements of the tensor, compared or not.</summary>
    public int Elements { get; init; }

    /// <summary>Columns of the tensor; 1 for a vector.</summary>
    public int Columns { get; init; } = 1;

    /// <summary>Where the worst element stands: <c>[row,column]</c>, or <c>[index]</c> of a vector.</summary>
    public string WorstPlace => Columns == 1 ? $"[{WorstIndex}]" : $"[{WorstIndex / Columns},{WorstIndex % Columns}]";

    /// <summary>Whether the gradients agree. NaN never does.</summary>
    public bool Passes => RelativeError <= Tolerance && Checked > 0;
}

/// <summary>
/// Compares backpropagation, as the engine runs it, with central differences of the plain reference loops in double
/// precision: dL/dw is close to (L(w + h) - L(w - h)) / 2h, with an error of order h².
/// </summary>
public static class GradientCheck
{
    private const double Step = 1e-6;

    /// <summary>Checks every parameter of a network against its loss.</summary>
    /// <param name="network">The network.</param>
    /// <param name="x">Samples, batch x inputs; at least two rows, or a missing sum over the batch goes unseen.</param>
    /// <param name="labels">The right class of each.</param>
    /// <param name="step">The training step to imitate: dropout masks depend on it.</param>
    /// <param name="most">Most elements of a parameter to compare; of larger ones so many are drawn.</param>
    /// <returns>One comparison a parameter.</returns>
    public static IReadOnlyList<GradientComparison> Run(
        Network network, float[] x, byte[] labels, long step = 1, int most = int.MaxValue)
    {
        var batch = labels.Length;
        using var labelBuffer = network.Backend.Allocate<byte>(batch);
        labelBuffer.CopyFrom(labels);
        var input = Upload(network, x, batch);
        var logits = network.Forward(input, training: true, step);
        network.Backward(network.Loss.Compute(network.Backend, logits, labelBuffer.View));
        var reference = new ReferencePass(network, x, batch, step);
        var comparisons = Compare(network, reference, () => network.Loss.ComputeReference(reference.Forward(), labels), most);
        input.View.Buffer.Dispose();
        return comparisons;
    }

    /// <summary>
    /// Checks layers without a loss: the function differentiated is the sum of y·dy for a given dy, which should be random,
    /// since a plain sum hides mistakes that cancel.
    /// </summary>
    /// <param name="network">The layers, built to compute input gradients.</param>
    /// <param name="x">Samples, batch x inputs.</param>
    /// <param name="dy">Gradient with respect to the outputs, batch x outputs.</param>
    /// <param name="step">The training step to imitate.</param>
    /// <returns>One comparison a parameter, and one for the input.</returns>
    internal static IReadOnlyList<GradientComparison> RunLayers(Network network, float[] x, float[] dy, long step = 1)
    {
        var batch = x.Length / network.Inputs;
        var input = Upload(network, x, batch);
        network.Forward(input, training: true, step);
        var gradient = Tensor.Allocate(network.Backend, batch, network.Outputs);
        gradient.CopyFrom(dy);
        var dx = network.Backward(gradient).ToArray();
        var reference = new ReferencePass(network, x, batch, step);
        double Function() => reference.Forward().Zip(dy, (a, b) => a * (double)b).Sum();
        var comparisons = Compare(network, reference, Function, int.MaxValue).ToList();
        comparisons.Add(CompareTensor("input", dx, reference.Input, Function, int.MaxValue)
            with { Columns = network.Inputs });
        input.View.Buffer.Dispose();
        gradient.View.Buffer.Dispose();
        return comparisons;
    }

    /// <summary>Checks the gradient of a loss with respect to the scores that it is given.</summary>
    /// <param name="backend">Where it is computed.</param>
    /// <param name="loss">The loss; planned by this.</param>
    /// <param name="scores">batch x outputs.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <returns>The comparison, and the mean loss as computed and by the reference.</returns>
    internal static (GradientComparison Comparison, double Loss, double Reference) RunLoss(
        Backend backend, Loss loss, float[] scores, byte[] labels)
    {
        var outputs = scores.Length / labels.Length;
        loss.Plan(backend, labels.Length, outputs);
        using var labelBuffer = backend.Share(labels);
        var input = Tensor.Allocate(backend, labels.Length, outputs);
        input.CopyFrom(scores);
        var gradient = loss.Compute(backend, input, labelBuffer.View).ToArray();
        var computed = loss.Losses.ToArray().Average();
        input.View.Buffer.Dispose();
        loss.Release();
        var values = Array.ConvertAll(scores, score => (double)score);
        double Function() => loss.ComputeReference(values, labels);
        var comparison = CompareTensor("scores", gradient, values, Function, int.MaxValue) with { Columns = outputs };
        return (comparison, computed, Function());
    }

    /// <summary>
    /// Numeric gradients of one sample's loss, from some layer on: what <see cref="SampleTrace"/> computed by backpropagation.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="step">The training step to imitate: dropout masks depend on it.</param>
    /// <param name="layer">The first layer to run; the number of layers for the loss alone.</param>
    /// <param name="x">What comes into that layer, 1 x its inputs.</param>
    /// <param name="label">The right class.</param>
    /// <param name="parameter">Which of that layer's parameters to differentiate by; null: its input.</param>
    /// <param name="places">The elements to differentiate by.</param>
    /// <returns>One derivative a place; not a number at a corner of ReLU.</returns>
    public static double[] OfSample(
        Network network, long step, int layer, float[] x, byte label, int? parameter, IReadOnlyList<int> places)
    {
        var reference = new ReferencePass(network, x, 1, step, layer);
        var values = parameter is { } number ? reference.Parameters[number] : reference.Input;
        double Function() => network.Loss.ComputeReference(reference.Forward(), [label]);
        var center = Function();
        return [.. places.Select(i => Differentiate(values, i, center, Function))];
    }

    /// <summary>
    /// Numeric gradients of one sample's loss by what goes into a layer's activation: z itself is nudged, so that nothing of the
    /// layer's product or bias takes part.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="step">The training step to imitate.</param>
    /// <param name="layer">One of its layers.</param>
    /// <param name="z">The layer's x·W + b, 1 x outputs.</param>
    /// <param name="label">The right class.</param>
    /// <param name="places">The elements to differentiate by.</param>
    /// <returns>One derivative a place; not a number at a corner of ReLU.</returns>
    public static double[] OfPreactivation(
        Network network, long step, Dense layer, float[] z, byte label, IReadOnlyList<int> places)
    {
        var values = Array.ConvertAll(z, value => (double)value);
        var above = new ReferencePass(network, new float[z.Length], 1, step, layer.Index + 1);
        double Function()
        {
            ActivationReference.Forward<double>(values, above.Input, layer.Applied);
            return network.Loss.ComputeReference(above.Forward(), [label]);
        }

        var center = Function();
        return [.. places.Select(i => Differentiate(values, i, center, Function))];
    }

    private static List<GradientComparison> Compare(Network network, ReferencePass reference, Func<double> function, int most) =>
        [.. network.Parameters.Select((parameter, i) =>
            CompareTensor(parameter.Name, parameter.Gradients.ToArray(), reference.Parameters[i], function, most)
                with { Columns = parameter.IsBias ? 1 : parameter.Columns })];

    private static GradientComparison CompareTensor(
        string name, float[] analytic, double[] values, Func<double> function, int most)
    {
        var chosen = Choose(values.Length, most);
        var numeric = new double[values.Length];
        var kinks = 0;
        var center = function();
        foreach (var i in chosen)
        {
            numeric[i] = Differentiate(values, i, center, function);
            kinks += double.IsNaN(numeric[i]) ? 1 : 0;
        }

        var scale = numeric.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        var worst = 0;
        var largest = -1.0;
        foreach (var i in chosen)
        {
            if (double.IsNaN(numeric[i]))
            {
                continue;
            }

            var error = Math.Abs(analytic[i] - numeric[i]) / Math.Max(scale, 1e-12);
            if (double.IsNaN(error) || error > largest)
            {
                (largest, worst) = (error, i);
            }
        }

        return new GradientComparison(
            name, chosen.Length - kinks, kinks, worst, analytic[worst], numeric[worst], largest < 0 ? double.NaN : largest)
        {
            Elements = values.Length,
        };
    }

    /// <summary>All places of a tensor, or so many drawn from it, always the same.</summary>
    private static int[] Choose(int count, int most)
    {
        var random = new Random(1);
        return count <= most
            ? [.. Enumerable.Range(0, count)]
            : [.. Enumerable.Range(0, most).Select(_ => random.Next(count)).Distinct().Order()];
    }

    /// <summary>The central difference, or NaN at a corner: there the differences to either side disagree.</summary>
    private static double Differentiate(double[] values, int i, double center, Func<double> function)
    {
        var value = values[i];
        values[i] = value + Step;
        var above = function();
        values[i] = value - Step;
        var below = function();
        values[i] = value;
        var right = (above - center) / Step;
        var left = (center - below) / Step;

        // Where the function is smooth the two differ by h·f'', about 1e-6; at a corner they differ by its jump.
        var isKink = Math.Abs(right - left) > (1e-3 * Math.Max(Math.Abs(right), Math.Abs(left))) + (10 * Step);
        return isKink ? double.NaN : (above - below) / (2 * Step);
    }

    private static Tensor Upload(Network network, float[] x, int batch)
    {
        var input = Tensor.Allocate(network.Backend, batch, network.Inputs);
        input.CopyFrom(x);
        return input;
    }
}
