using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// A moving average of a network's weights over its training steps, on the device. Late in a training the weights circle a
/// minimum; their average lies nearer to it (Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM
/// J. Control Optim. 30, 1992). After step t the average moves by 1 - d(t) towards the weights, with d(t) = min(decay, (1 +
/// t)/(10 + t)): young averages forget the first, random weights quickly (as TensorFlow's ExponentialMovingAverage with
/// num_updates).
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly Network _network;
    private DeviceBuffer<float> _average;

    /// <summary>Begins an average with the present weights.</summary>
    /// <param name="network">The network; disposed after the average.</param>
    /// <param name="decay">Share of the average that is kept at each step, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is out of range.</exception>
    public WeightAverage(Network network, float decay)
    {
        if (decay is not (> 0f and < 1f))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay of an average must be above 0 and below 1.");
        }

        Decay = decay;
        _network = network;
        _average = network.Backend.Allocate<float>(network.Store.Length);
        _average.CopyFrom(network.CopyWeights());
    }

    /// <summary>Share of the average that is kept at each step, once it is no longer young.</summary>
    public float Decay { get; }

    /// <summary>Share that is kept at a step.</summary>
    /// <param name="decay">The share in the long run.</param>
    /// <param name="step">The step, from 1.</param>
    public static float DecayAt(float decay, long step) => (float)Math.Min(decay, (1.0 + step) / (10.0 + step));

    /// <summary>Takes the weights that a step left into the average; nothing is copied to the host.</summary>
    /// <param name="step">The step, from 1.</param>
    public void Add(long step) => MovingAverageSpec.Operation.Run(_network.Backend, new MovingAverageCall(
        _network.Store.Values, _average.View, _average.Length, 1f - DecayAt(Decay, step)));

    /// <summary>
    /// Exchanges the network's weights and the average, without copying: once to use the network with averaged weights, and once
    /// more before it is trained on.
    /// </summary>
    public void Swap() => _average = _network.Store.Exchange(_average);

    /// <summary>All averaged weights and biases (a download), in the order of <see cref="Network.CopyWeights()"/>.</summary>
    public float[] CopyWeights() => _average.View.ToArray();

    /// <summary>
    /// Shows the memory of the average to a reader; between two calls of <see cref="Swap"/> that is the network's weights.
    /// </summary>
    /// <param name="reader">Looks at it, perhaps piece after piece.</param>
    public void Read(ValueReader<float> reader) => _average.View.Read(reader);

    /// <summary>Fills an array made by <see cref="CopyWeights()"/> with the present average (a download).</summary>
    /// <param name="weights">Receives it.</param>
    public void CopyWeights(float[] weights) => _average.View.CopyTo(weights);

    /// <summary>Goes on from an average that was saved (an upload).</summary>
    /// <param name="weights">What <see cref="CopyWeights()"/> gave.</param>
    /// <exception cref="ShapeException">It belongs to another network.</exception>
    public void SetWeights(float[] weights)
    {
        if (weights.Length != _average.Length)
        {
            throw new ShapeException($"{weights.Length} averaged weights were given for a network that has {_average.Length}.");
        }

        _average.CopyFrom(weights);
    }

    /// <summary>Gives the average's memory back.</summary>
    public void Dispose() => _average.Dispose();
}
