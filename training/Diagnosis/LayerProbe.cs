using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training.Diagnosis;

/// <summary>
/// Measures how the layers of a network stand, on a fixed selection of samples: a forward and a backward pass as in training,
/// but without dropout and without a step. May be used between any two steps of a run, which it does not change: it leaves
/// other gradients behind, but every backward pass writes all of them anew.
/// </summary>
public sealed class LayerProbe : IDisposable
{
    private readonly Network _network;
    private readonly DeviceDataset _samples;

    /// <summary>Selects samples, evenly over a data set, and uploads them.</summary>
    /// <param name="network">The network to measure.</param>
    /// <param name="dataset">Where the samples come from, in its own order: undistorted.</param>
    /// <param name="format">How pictures become inputs; left out, pixels from 0 to 1.</param>
    /// <param name="samples">How many samples, at least 1; fewer where the data set has fewer.</param>
    /// <exception cref="ShapeException">The network does not fit the data.</exception>
    public LayerProbe(Network network, Dataset dataset, InputFormat? format = null, int samples = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        NetworkTraining.CheckFit(network, dataset);
        _network = network;
        var count = Math.Min(samples, dataset.Count);
        var indices = new int[count];
        for (var i = 0; i < count; i++)
        {
            indices[i] = (int)((long)i * dataset.Count / count);
        }

        _samples = new DeviceDataset(network.Backend, dataset.Select(indices), format ?? InputFormat.For(dataset), count);
    }

    /// <summary>Measures every layer that has weights or a function of its own, first to last.</summary>
    public IReadOnlyList<LayerStatistics> Measure()
    {
        var (y, labels) = _samples.Gather(0);
        _network.Plan(y.Rows);
        var backend = _network.Backend;
        List<LayerStatistics> statistics = [];
        foreach (var layer in _network.Layers)
        {
            y = layer.Forward(backend, y, new Pass(Training: false, _network.Seed, Step: 0));
            if (layer is not Dropout)
            {
                y.View.ReadWhole(values => statistics.Add(
                    LayerStatistics.Of(layer.Index, layer.Description, ActivationOf(layer), values, layer.Outputs)));
            }
        }

        _network.Backward(_network.Loss.Compute(backend, y, labels));
        return [.. statistics.Select(AddWeights)];
    }

    /// <summary>Gives the samples' memory back; the network stays.</summary>
    public void Dispose() => _samples.Dispose();

    private LayerStatistics AddWeights(LayerStatistics layer)
    {
        var parameters = _network.Layers[layer.Layer].Parameters;
        return parameters.Count == 0 ? layer : layer with
        {
            Weights = HistogramOf(parameters[0].Values),
            Gradients = HistogramOf(parameters[0].Gradients),
        };
    }

    private static Histogram HistogramOf(Tensor tensor)
    {
        Histogram? histogram = null;
        tensor.View.ReadWhole(values => histogram = new Histogram(values));
        return histogram!;
    }

    private Activation ActivationOf(Layer layer) => (layer == _network.Layers[^1], layer) switch
    {
        (true, _) => Activation.None,
        (_, Dense dense) => dense.Activation,
        (_, ActivationLayer function) => function.Activation,
        _ => Activation.None,
    };
}
