using ScratchNet.Engine;

namespace ScratchNet.Cli.Explain;

/// <summary>Gradients of the sample's loss by central differences in double precision.</summary>
/// <param name="network">The network as it was before the step.</param>
/// <param name="layers">The sample's way through it.</param>
/// <param name="label">The right class.</param>
internal sealed class NumericGradients(Network network, IReadOnlyList<LayerTrace> layers, byte label)
{
    /// <summary>Some derivatives.</summary>
    /// <param name="layer">By something of this layer; the number of layers means the loss.</param>
    /// <param name="parameter">By this parameter of it: 0 weights, 1 bias; null: by its input.</param>
    /// <param name="places">By these elements.</param>
    public double[] Of(int layer, int? parameter, IReadOnlyList<int> places) =>
        GradientCheck.OfSample(network, layer, layer < layers.Count ? layers[layer].X : layers[^1].Y, label, parameter, places);
}
