using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training;

/// <summary>The validation samples of a run on its device, and what they were taken for the last time.</summary>
internal sealed class ValidationPart : IDisposable
{
    private readonly Network _network;
    private readonly Dataset _samples;
    private readonly DeviceDataset _onDevice;
    private readonly DeviceBuffer<byte> _predictions;
    private readonly RunningMetrics _metrics;

    public ValidationPart(Network network, Dataset samples, InputFormat format)
    {
        (_network, _samples) = (network, samples);
        _onDevice = new DeviceDataset(network.Backend, samples, format, NetworkTraining.EvaluationBatch);
        _predictions = network.Backend.Allocate<byte>(samples.Count);
        _metrics = new RunningMetrics(network.Backend);
    }

    /// <summary>Samples that go through the network at a time.</summary>
    public int BatchSize => _onDevice.BatchSize;

    /// <summary>What they were taken for; null before the first measurement.</summary>
    public ConfusionMatrix? Confusion { get; private set; }

    /// <summary>Measures the network as it stands.</summary>
    public MetricValues Measure()
    {
        var values = NetworkTraining.Measure(_network, _onDevice, _metrics, _predictions);
        Confusion = NetworkTraining.Confusion(_network, _samples, _predictions).Confusion;
        return values;
    }

    public void Dispose()
    {
        _onDevice.Dispose();
        _predictions.Dispose();
        _metrics.Dispose();
    }
}
