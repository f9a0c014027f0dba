using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>Ten losses of a network on the first bundled digits, from a fixed seed.</summary>
public class GoldenLossTests
{
    private const int Batch = 32;

    // Written down from a run in double precision by MathNet (see the first test); a change of any part of training shows here.
    private static readonly double[] Golden =
    [
        2.1486123108, 1.9995903425, 1.8578369323, 1.7237131337, 1.6005269355,
        1.4851040092, 1.3813018125, 1.2857959293, 1.1992151442, 1.1205801376,
    ];

    [Fact]
    public void MathNet_in_double_precision_finds_the_golden_losses()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend);
        var (x, labels) = Samples();
        var matrix = Matrix<double>.Build.DenseOfRowMajor(Batch, 784, x.Select(value => (double)value));
        var training = new MathNetTraining(network);
        for (var step = 0; step < Golden.Length; step++)
        {
            Assert.Equal(Golden[step], training.Step(matrix, labels), 1e-9);
        }
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("simulator")]
    public void The_engine_finds_them_to_rounding(string device)
    {
        using var backend = Devices.Open(device, threads: 2);
        CheckLosses(backend);
    }

    internal static void CheckLosses(Backend backend)
    {
        using var network = Make(backend);
        var (x, labels) = Samples();
        using var labelBuffer = TestData.Upload(backend, labels);
        var input = TestData.Upload(backend, x, Batch);
        using var optimizer = new Adam();
        using var metrics = new RunningMetrics(backend);
        foreach (var golden in Golden)
        {
            metrics.Reset();
            network.TrainStep(input, labelBuffer.View, optimizer, metrics);

            // float32 carries seven digits; Adam's first steps divide tiny gradients by their own size, which costs two of them.
            Assert.Equal(golden, metrics.Read().Loss, 5e-5);
        }
    }

    private static Network Make(Backend backend) => new(
        backend, 784, [new Dense(16, Activation.Relu), new Dense(10)], new SoftmaxCrossEntropy(), seed: 42);

    private static (float[] X, byte[] Labels) Samples()
    {
        var train = BundledDigits.Load().Train;
        var chosen = train.Select([.. Enumerable.Range(0, Batch).Select(i => i * train.Count / Batch)]);
        return (InputFormat.For(train).Convert(chosen.CopyImages()), chosen.Labels.ToArray());
    }
}
