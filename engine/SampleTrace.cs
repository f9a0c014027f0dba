using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>What one layer made of one sample, forward and backward; arrays are copies on the host.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="X">What came in, 1 x inputs.</param>
/// <param name="Y">What went out, 1 x outputs.</param>
/// <param name="Dy">Gradient with respect to <paramref name="Y"/>, 1 x outputs.</param>
/// <param name="Dz">Gradient before the activation, 1 x outputs; equal to <paramref name="Dy"/> where there is none.</param>
/// <param name="Dw">Gradient of the weights, inputs x outputs; empty for layers without, and where it was not asked for.</param>
/// <param name="Dx">Gradient with respect to <paramref name="X"/>, 1 x inputs.</param>
public sealed record LayerTrace(Layer Layer, float[] X, float[] Y, float[] Dy, float[] Dz, float[] Dw, float[] Dx)
{
    /// <summary>What dropout multiplied each value by: 0, or 1/(1 - rate); empty where nothing was dropped.</summary>
    public IReadOnlyList<float> Mask { get; init; } = [];
}

/// <summary>
/// One sample's way through a network and its gradient's way back, number by number. The numbers are those of the layers that
/// train, run one after another on a batch of one, with what they computed copied to the host in between.
/// </summary>
/// <param name="Layers">What every layer did, first to last.</param>
/// <param name="Loss">The sample's loss; not a number when the backward pass began with a gradient that was given.</param>
public sealed record SampleTrace(IReadOnlyList<LayerTrace> Layers, double Loss)
{
    /// <summary>The scores, 1 x outputs.</summary>
    public float[] Scores => Layers[^1].Y;

    /// <summary>Gradient with respect to the sample, 1 x inputs.</summary>
    public float[] InputGradient => Layers[0].Dx;

    /// <summary>Traces the gradient of the loss.</summary>
    /// <param name="network">The network; its parameters' gradients are overwritten, as by every backward pass.</param>
    /// <param name="x">The sample, 1 x inputs.</param>
    /// <param name="label">Its class.</param>
    /// <param name="step">The training step whose dropout masks apply, from 1; left out, nothing is dropped.</param>
    /// <exception cref="ShapeException">The sample has another number of features.</exception>
    public static SampleTrace OfLoss(Network network, ReadOnlySpan<float> x, byte label, long? step = null)
    {
        using var labels = network.Backend.Allocate<byte>(1);
        labels.CopyFrom([label]);
        var pass = new Pass(step is not null, network.Seed, (uint)(step ?? 0));
        return Run(network, x, pass, scores => network.Loss.Compute(network.Backend, scores, labels.View), isOfLoss: true);
    }

    /// <summary>
    /// Traces the gradient of a weighted sum of the scores: with 1 for one class and -1 for another, of what tells them apart.
    /// Nothing is dropped, and gradients of weights, which nobody learns from, are left out.
    /// </summary>
    /// <param name="network">The network; its parameters' gradients are overwritten, as by every backward pass.</param>
    /// <param name="x">The sample, 1 x inputs.</param>
    /// <param name="dy">The weight of every score, 1 x outputs.</param>
    /// <exception cref="ShapeException">The sample has another number of features, or the network another number of
    /// outputs.</exception>
    public static SampleTrace OfScores(Network network, ReadOnlySpan<float> x, ReadOnlySpan<float> dy)
    {
        var gradient = Tensor.Allocate(network.Backend, 1, network.Outputs);
        using (gradient.View.Buffer)
        {
            gradient.CopyFrom(dy);
            return Run(network, x, new Pass(Training: false, network.Seed, Step: 0), _ => gradient, isOfLoss: false);
        }
    }

    private static SampleTrace Run(
        Network network, ReadOnlySpan<float> x, in Pass pass, Func<Tensor, Tensor> gradientOf, bool isOfLoss)
    {
        var backend = network.Backend;
        var input = Tensor.Allocate(backend, 1, network.Inputs);
        using (input.View.Buffer)
        {
            input.CopyFrom(x);
            network.Plan(1);
            var values = new List<float[]> { x.ToArray() };
            var y = input;
            foreach (var layer in network.Layers)
            {
                y = layer.Forward(backend, y, pass);
                values.Add(y.ToArray());
            }

            var dy = gradientOf(y);
            var loss = isOfLoss ? network.Loss.Losses.Slice(0, 1).ToArray()[0] : double.NaN;
            return new SampleTrace(Backward(network, values, dy, isOfLoss), loss);
        }
    }

    private static LayerTrace[] Backward(Network network, List<float[]> values, Tensor dy, bool keepsWeightGradients)
    {
        var traces = new LayerTrace[network.Layers.Count];
        var above = dy.ToArray();
        for (var i = traces.Length - 1; i >= 0; i--)
        {
            // A layer may overwrite dy, so it has been copied before.
            var layer = network.Layers[i];
            dy = dy.View.IsEmpty ? dy : layer.Backward(network.Backend, dy);
            var (dense, activation) = (layer as Dense, layer as ActivationLayer);
            var mask = (layer as Dropout)?.CopyMask() ?? [];
            var dw = keepsWeightGradients ? dense?.Weights.Gradients.ToArray() ?? [] : [];
            var dx = !dy.View.IsEmpty ? dy.ToArray()
                : dense is not null ? InputGradientOf(dense)
                : activation is not null ? InputGradientOf(activation, values[i + 1], above)
                : mask.Length > 0 ? [.. above.Zip(mask, (gradient, factor) => gradient * factor)] : above;
            var dz = dense?.Bias.Gradients.ToArray() ?? (activation is not null ? dx : above);
            traces[i] = new LayerTrace(layer, values[i], values[i + 1], above, dz, dw, dx) { Mask = mask };
            above = dx;
        }

        return traces;
    }

    /// <summary>
    /// Nobody before the first layer learns, so training leaves its dx out. It is dz·Wᵀ, and for a batch of one dz is db, the
    /// sum over one row. (A first layer that drops pixels leaves out dy·mask.)
    /// </summary>
    private static float[] InputGradientOf(Dense layer)
    {
        var backend = layer.Bias.Gradients.View.Buffer.Backend;
        var dx = Tensor.Allocate(backend, 1, layer.Inputs);
        using (dx.View.Buffer)
        {
            MatMulSpec.Operation.Run(backend, new MatMulCall(layer.Bias.Gradients.View, layer.Weights.Values.View, dx.View,
                1, layer.Inputs, layer.Outputs, TransposeB: true));
            return dx.ToArray();
        }
    }

    /// <summary>As above, where the first layer is an activation: dx[i] = dy[i]·f'(x[i]).</summary>
    private static float[] InputGradientOf(ActivationLayer layer, float[] y, float[] dy) =>
        [.. y.Zip(dy, (value, gradient) => ActivationReference.Gradient(value, gradient, layer.Activation))];
}
