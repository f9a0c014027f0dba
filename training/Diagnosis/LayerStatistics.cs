using ScratchNet.Kernels;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training.Diagnosis;

/// <summary>How one layer stands, measured on a fixed selection of samples; see <see cref="LayerProbe"/>.</summary>
/// <param name="Layer">The layer's place in the network, from 0.</param>
/// <param name="Description">The layer in words, such as <c>dense 784 -> 128, relu</c>.</param>
/// <param name="Activation">Its function; <see cref="Activation.None"/> for the last layer, whose outputs are scores.</param>
/// <param name="Outputs">Its outputs, samples x units.</param>
/// <param name="Weights">Its weights, biases excepted; null when it has none.</param>
/// <param name="Gradients">The gradient of the mean loss with respect to those weights; null when it has none.</param>
/// <param name="DeadUnits">
/// ReLU: share of units that are 0 for every sample, which therefore learn nothing. 0 for other functions.
/// </param>
/// <param name="Zeros">ReLU: share of outputs that are 0; a healthy layer has about half. 0 for other functions.</param>
/// <param name="Saturated">
/// Sigmoid and tanh: share of outputs within 2.5 % of the function's range of either end, where its derivative, y(1 - y) or
/// 1 - y², is at most a tenth of its greatest. 0 for other functions.
/// </param>
public sealed record LayerStatistics(
    int Layer,
    string Description,
    Activation Activation,
    Histogram Outputs,
    Histogram? Weights,
    Histogram? Gradients,
    double DeadUnits,
    double Zeros,
    double Saturated)
{
    // Of a range of 1: sigmoid beyond 0.025 and 0.975, tanh beyond -0.95 and 0.95.
    private const float NearEnd = 0.025f;

    /// <summary>Measures one layer's outputs; its weights may be added.</summary>
    /// <param name="layer">Its place in the network.</param>
    /// <param name="description">The layer in words.</param>
    /// <param name="activation">Its function.</param>
    /// <param name="outputs">Its outputs, samples x units.</param>
    /// <param name="units">Number of its units.</param>
    public static LayerStatistics Of(
        int layer, string description, Activation activation, ReadOnlySpan<float> outputs, int units)
    {
        var isRelu = activation == Activation.Relu;
        return new LayerStatistics(
            layer,
            description,
            activation,
            new Histogram(outputs),
            Weights: null,
            Gradients: null,
            isRelu ? DeadShare(outputs, units) : 0,
            isRelu ? (double)outputs.Count(0f) / outputs.Length : 0,
            activation switch
            {
                Activation.Sigmoid => OutsideShare(outputs, NearEnd, 1f - NearEnd),
                Activation.Tanh => OutsideShare(outputs, (2f * NearEnd) - 1f, 1f - (2f * NearEnd)),
                _ => 0,
            });
    }

    private static double DeadShare(ReadOnlySpan<float> outputs, int units)
    {
        var alive = new bool[units];
        for (var i = 0; i < outputs.Length; i++)
        {
            alive[i % units] |= outputs[i] != 0f;
        }

        return (double)alive.Count(isAlive => !isAlive) / units;
    }

    private static double OutsideShare(ReadOnlySpan<float> outputs, float low, float high)
    {
        var outside = 0;
        foreach (var y in outputs)
        {
            outside += y < low || y > high ? 1 : 0;
        }

        return (double)outside / outputs.Length;
    }
}
