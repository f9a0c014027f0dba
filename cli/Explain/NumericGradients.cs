using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>
/// Gradients of the sample's loss by central differences in double precision, each by nudging what it is the gradient of.
/// </summary>
/// <param name="network">The network as it was before the step.</param>
/// <param name="trace">The sample's way through it.</param>
/// <param name="label">The right class.</param>
internal sealed class NumericGradients(Network network, StepTrace trace, byte label)
{
    private IReadOnlyList<LayerTrace> Layers => trace.Sample.Layers;

    /// <summary>By some of a layer's outputs; layers count from 0, dropout included.</summary>
    public double[] Dy(int layer, IReadOnlyList<int> units) =>
        GradientCheck.OfSample(network, trace.Number, layer + 1, Layers[layer].Y, label, null, units);

    /// <summary>By what goes into the activation of some of its units.</summary>
    public double[] Dz(int layer, IReadOnlyList<int> units) =>
        GradientCheck.OfPreactivation(network, trace.Number, (Dense)network.Layers[layer], trace.Z[layer], label, units);

    /// <summary>By some of its weights.</summary>
    public double[] Dw(int layer, IReadOnlyList<int> places) =>
        GradientCheck.OfSample(network, trace.Number, layer, Layers[layer].X, label, 0, places);

    /// <summary>By some of its biases.</summary>
    public double[] Db(int layer, IReadOnlyList<int> units) =>
        GradientCheck.OfSample(network, trace.Number, layer, Layers[layer].X, label, 1, units);

    /// <summary>By some of its inputs.</summary>
    public double[] Dx(int layer, IReadOnlyList<int> inputs) =>
        GradientCheck.OfSample(network, trace.Number, layer, Layers[layer].X, label, null, inputs);
}
