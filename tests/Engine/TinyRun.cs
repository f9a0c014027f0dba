using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Engine;

/// <summary>A small network with dropout, a batch of random samples, and everything a training step needs.</summary>
internal sealed class TinyRun : IDisposable
{
    private readonly Tensor _x;
    private readonly DeviceBuffer<byte> _labels;

    public TinyRun(Backend backend, string optimizer = "adam", int inputs = 6, int hidden = 9, int batch = 8, ulong seed = 7)
    {
        Network = new Network(backend, inputs,
            [new Dense(hidden, Activation.Relu), new Dropout(0.25f), new Dense(hidden, Activation.Sigmoid), new Dense(4)],
            new SoftmaxCrossEntropy(), seed);
        Optimizer = optimizer switch
        {
            "adam" => new Adam(),
            "adamw" => new AdamW(),
            _ => new Sgd(0.1f, momentum: 0.9f, weightDecay: 1e-3f),
        };
        Metrics = new RunningMetrics(backend);
        _x = TestData.Upload(backend, TestData.Uniform(batch * inputs, 1), batch);
        _labels = TestData.Upload(backend, TestData.Labels(batch, 4, 2));
    }

    public Network Network { get; }

    public Optimizer Optimizer { get; }

    public RunningMetrics Metrics { get; }

    public void Steps(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Network.TrainStep(_x, _labels.View, Optimizer, Metrics);
        }
    }

    public void Dispose()
    {
        Network.Dispose();
        Optimizer.Dispose();
        Metrics.Dispose();
        _labels.Dispose();
    }
}
