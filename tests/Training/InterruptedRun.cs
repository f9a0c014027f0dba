using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Training;

/// <summary>Trains in two pieces: up to a step, and from that step's checkpoint to the end.</summary>
internal static class InterruptedRun
{
    /// <summary>Trains to the end, with a break or, where the run has fewer steps, without.</summary>
    /// <param name="backend">Where the networks live.</param>
    /// <param name="network">Makes the network of the first piece.</param>
    /// <param name="optimizer">Makes the optimizer of either piece.</param>
    /// <param name="trainer">Makes the trainer of either piece.</param>
    /// <param name="path">Where the checkpoint is saved.</param>
    /// <param name="stopAt">Steps of the first piece.</param>
    /// <param name="outcome">Reads what the run came to.</param>
    /// <param name="restored">Looks at the second piece before its first step; it is given the weights that the checkpoint's
    /// model had.</param>
    public static T Train<T>(
        Backend backend, Func<Network> network, Func<Optimizer> optimizer, Func<Network, Optimizer, Trainer> trainer,
        string path, int stopAt, Func<Trainer, T> outcome, Action<Trainer, float[]>? restored = null)
    {
        using (var first = network())
        using (var memory = optimizer())
        using (var run = trainer(first, memory))
        using (var model = TrainedModel.Of(first, run.Dataset))
        {
            for (var step = 0; step < stopAt && !run.IsDone; step++)
            {
                run.Step();
            }

            if (run.IsDone)
            {
                return outcome(run);
            }

            Checkpoint.Save(run, model, path);
        }

        var checkpoint = Checkpoint.Read(path);
        using var again = optimizer();
        using var loaded = checkpoint.LoadModel(backend);
        var saved = loaded.Network.CopyWeights();
        using var resumed = trainer(loaded.Network, again);
        checkpoint.Restore(resumed);
        restored?.Invoke(resumed, saved);
        Assert.True(resumed.Run());
        return outcome(resumed);
    }
}
