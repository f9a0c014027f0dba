using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Training;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>On an OpenCL device too, a resumed run is the run that was never stopped, bit by bit.</summary>
[Collection(Requirements.OpenClCollection)]
public sealed class OpenClResumeTests : IDisposable
{
    // Everything that has a state of its own, or draws random numbers: moments, averages, dropout, distortions, shuffles.
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 3,
        BatchSize = 30,
        Seed = 9,
        AverageDecay = 0.9f,
        Distortion = new Distortion(RotationDegrees: 10, ShiftPixels: 1),
    };

    private static readonly Dataset Digits = BundledDigits.Load().Train.Subset(100, seed: 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void A_run_resumed_at_any_step_ends_with_the_same_bits()
    {
        var backend = Requirements.OpenCl();
        var whole = Train(backend, stopAt: int.MaxValue);
        for (var step = 0; step < 12; step++)
        {
            var resumed = Train(backend, step);
            Assert.Equal(whole.Weights, resumed.Weights);
            Assert.Equal(whole.Average, resumed.Average);
            Assert.Equal(whole.Losses, resumed.Losses);
        }
    }

    private (float[] Weights, float[] Average, double[] Losses) Train(Backend backend, int stopAt) => InterruptedRun.Train(
        backend, () => TrainerTests.Make(backend), () => new Adam(0.002f),
        (network, optimizer) => new Trainer(network, optimizer, Digits, options: Options),
        _folder.File("checkpoint.safetensors"), stopAt, Outcome);

    private static (float[] Weights, float[] Average, double[] Losses) Outcome(Trainer trainer)
    {
        float[] average = [];
        trainer.UseModelWeights(() => average = trainer.Network.CopyWeights());
        return (trainer.Network.CopyWeights(), average, [.. trainer.History.Select(epoch => epoch.TrainLoss)]);
    }
}
