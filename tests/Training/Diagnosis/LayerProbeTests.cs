using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Diagnosis;
using ScratchNet.Training.Metrics;
using Xunit;

namespace ScratchNet.Tests.Training.Diagnosis;

public class LayerProbeTests
{
    private static readonly Dataset Digits = BundledDigits.Load().Train.Subset(200, seed: 1);

    [Fact]
    public void Dead_units_are_those_that_never_fire()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(
            backend, 784, [new Dense(8, Activation.Relu), new Dropout(0.5f), new Dense(10)], new SoftmaxCrossEntropy());
        network.Parameters[1].Values.CopyFrom([-1e6f, 1e6f, -1e6f, 1e6f, 1e6f, 1e6f, 1e6f, 1e6f]);
        using var probe = new LayerProbe(network, Digits);
        var layers = probe.Measure();
        Assert.Equal([0, 2], layers.Select(layer => layer.Layer));
        Assert.Equal((0.25, 0.25, 0), (layers[0].DeadUnits, layers[0].Zeros, layers[0].Saturated));
        Assert.Equal((Activation.None, 0.0), (layers[1].Activation, layers[1].DeadUnits));
        Assert.Equal(200 * 8, layers[0].Outputs.Total);
    }

    [Theory]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    public void Saturated_outputs_are_those_near_an_end(Activation activation)
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 784, [new Dense(4, activation), new Dense(10)], new SoftmaxCrossEntropy());
        network.Parameters[0].Values.CopyFrom(new float[784 * 4]);
        network.Parameters[1].Values.CopyFrom([-20f, 0f, 1f, 20f]);
        using var probe = new LayerProbe(network, Digits);
        Assert.Equal(0.5, probe.Measure()[0].Saturated);
    }

    [Fact]
    public void Gradients_are_those_of_the_mean_loss()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 784, [new Dense(10)], new SoftmaxCrossEntropy());
        using var probe = new LayerProbe(network, Digits, samples: Digits.Count);
        var layer = Assert.Single(probe.Measure());

        // Against the formula: dW = xT (softmax - onehot) / samples.
        var expected = new double[784 * 10];
        for (var sample = 0; sample < Digits.Count; sample++)
        {
            var pixels = new InputFormat(28, 28).Convert(Digits.Image(sample));
            var dz = network.Predict(pixels);
            dz[Digits.Labels.Span[sample]] -= 1;
            for (var i = 0; i < expected.Length; i++)
            {
                expected[i] += (double)pixels[i / 10] * dz[i % 10] / Digits.Count;
            }
        }

        Assert.Equal(Math.Sqrt(expected.Sum(g => g * g)), layer.Gradients!.Norm, 1e-5);
        Assert.Equal(expected.Min(), layer.Gradients.Min, 1e-6);
    }

    [Fact]
    public void Looking_does_not_change_what_a_run_computes()
    {
        Assert.Equal(Train(look: false), Train(look: true));
    }

    [Fact]
    public void A_histogram_counts_everything_once_and_leaves_out_what_is_no_number()
    {
        var histogram = new Histogram([0f, 1f, 2f, 3f, 4f, float.NaN, float.PositiveInfinity], bins: 4);
        Assert.Equal([1, 1, 1, 2], histogram.Counts);
        Assert.Equal((5, 2), (histogram.Total, histogram.NotFinite));
        Assert.Equal((0.0, 4.0, 2.0), (histogram.Min, histogram.Max, histogram.Mean));
        Assert.Equal(Math.Sqrt(2), histogram.Deviation, 1e-12);
        Assert.Equal([1.0, 2.0, 3.0, 4.0], Enumerable.Range(0, 4).Select(histogram.UpperEdge));
        Assert.Equal([3, 0], new Histogram([7f, 7f, 7f], bins: 2).Counts);
        Assert.Equal(0, new Histogram([], bins: 2).Mean);
    }

    [Fact]
    public void The_phases_of_an_epoch_share_its_time()
    {
        foreach (var backend in new Backend[] { new CpuBackend(1), Devices.Open("simulator") })
        {
            using (backend)
            using (var network = new Network(backend, 784, [new Dense(10)], new SoftmaxCrossEntropy()))
            using (var optimizer = new Sgd(0.1f))
            using (var trainer = new Trainer(network, optimizer, Digits.Subset(20, 1), null,
                new TrainingOptions { Epochs = 1, BatchSize = 10 }))
            {
                Assert.Equal(0, trainer.Clock.Share(StepPhase.Forward));
                trainer.Run();
                var shares = Enum.GetValues<StepPhase>().Select(trainer.Clock.Share).ToArray();
                Assert.All(shares, share => Assert.True(share > 0));
                Assert.Equal(1, shares.Sum(), 1e-12);
            }
        }
    }

    private static float[] Train(bool look)
    {
        using var backend = new CpuBackend(2);
        using var network = new Network(
            backend, 784, [new Dense(12, Activation.Relu), new Dropout(0.3f), new Dense(10)], new SoftmaxCrossEntropy());
        using var optimizer = new Adam();
        using var trainer = new Trainer(network, optimizer, Digits, null, new TrainingOptions { Epochs = 3, BatchSize = 30 });
        using var probe = new LayerProbe(network, Digits);
        while (!trainer.IsDone)
        {
            trainer.Step();
            if (look)
            {
                probe.Measure();
            }
        }

        return network.CopyWeights();
    }
}
