using ScratchNet.Engine;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>
/// How many kernels a training step launches: each costs some microseconds, which a small network's products do not. Bias and
/// ReLU are part of the product, a bias's gradient of the way back through the activation, the loss gives its gradient, and
/// one launch updates all parameters.
/// </summary>
public class LaunchCountTests
{
    private const int Loss = 1;
    private const int Metrics = 1;
    private const int Update = 1;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_training_step_on_a_gpu_launches_four_kernels_a_layer_and_two_more(int layers)
    {
        using var backend = GpuDevices.OpenSimulator(warpSize: 32, groupSize: 16);

        // Forward, dz with db, and dw for each layer; dx for all but the first.
        var expected = (3 * layers) + (layers - 1) + Loss + Metrics + Update;
        Assert.Equal((4 * layers) + 2, expected);
        Assert.Equal(expected, LaunchesOfAStep(backend, layers));
    }

    [Fact]
    public void A_processor_behind_OpenCL_needs_no_more()
    {
        using var backend = GpuDevices.OpenSimulator();
        Assert.Equal((4 * 3) + 2, LaunchesOfAStep(backend, layers: 3, features: 17));
    }

    [Theory]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    public void Sigmoid_and_tanh_are_a_launch_of_their_own_in_each_layer(Activation activation)
    {
        using var gpu = GpuDevices.OpenSimulator(warpSize: 32, groupSize: 16);
        using var processor = GpuDevices.OpenSimulator();
        foreach (var backend in new[] { gpu, processor })
        {
            Assert.Equal((4 * 3) + 2 + 2, LaunchesOfAStep(backend, layers: 3, features: 17, activation));
        }
    }

    private static long LaunchesOfAStep(
        GpuBackend backend, int layers, int features = 9, Activation activation = Activation.Relu)
    {
        const int Batch = 4;
        using var network = new Network(backend, features,
            [.. Enumerable.Range(1, layers)
                .Select(layer => new Dense(features, layer < layers ? activation : Activation.None))],
            new SoftmaxCrossEntropy());
        using var optimizer = new Adam();
        using var metrics = new RunningMetrics(backend);
        using var labels = TestData.Upload(backend, TestData.Labels(Batch, features, 2));
        var x = TestData.Upload(backend, TestData.Uniform(Batch * features, 1), Batch);
        network.TrainStep(x, labels.View, optimizer, metrics);
        var before = backend.Launches;
        network.TrainStep(x, labels.View, optimizer, metrics);
        return backend.Launches - before;
    }
}
