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

    private (float[] Weights, float[] Average, double[] Losses) Train(Backend backend, int stopAt)
    {
        var path = _folder.File("checkpoint.safetensors");
        using (var network = TrainerTests.Make(backend))
        using (var optimizer = new Adam(0.002f))
        using (var trainer = new Trainer(network, optimizer, Digits, options: Options))
        using (var model = TrainedModel.Of(network, Digits))
        {
            for (var step = 0; step < stopAt && !trainer.IsDone; step++)
            {
                trainer.Step();
            }

            if (trainer.IsDone)
            {
                return Outcome(trainer);
            }

            Checkpoint.Save(trainer, model, path);
        }

        var checkpoint = Checkpoint.Read(path);
        using var again = new Adam(0.002f);
        using var loaded = checkpoint.LoadModel(backend);
        using var resumed = new Trainer(loaded.Network, again, Digits, options: Options);
        checkpoint.Restore(resumed);
        Assert.True(resumed.Run());
        return Outcome(resumed);
    }

    private static (float[] Weights, float[] Average, double[] Losses) Outcome(Trainer trainer)
    {
        float[] average = [];
        trainer.UseModelWeights(() => average = trainer.Network.CopyWeights());
        return (trainer.Network.CopyWeights(), average, [.. trainer.History.Select(epoch => epoch.TrainLoss)]);
    }
}
