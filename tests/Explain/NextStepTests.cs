using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Cli;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Explain;

/// <summary>The step that is shown of a run is the one that training would make next.</summary>
public sealed class NextStepTests : IDisposable
{
    private const int Input = 406;
    private const int Unit = 3;

    private readonly ExplainedModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("cosine", 7)]
    [InlineData("cosine", 1)]
    [InlineData("step", 9)]
    public void Its_rate_and_adams_memory_are_the_runs_own(string schedule, int steps)
    {
        using var trainer = Train(new Adam(0.004f), steps, schedule == "step"
            ? new StepSchedule(Every: 1, Drop: 0.5)
            : LearningRateSchedule.Cosine with { WarmUpEpochs = 1 });
        var place = (Input * 8) + Unit;
        var (m, v) = (Memory(trainer, 0)[place], Memory(trainer, 1)[place]);
        var w = ((Dense)trainer.Network.Layers[0]).Weights.Values.ToArray()[place];
        var page = _model.Explain("--sample", "4", "--weight", $"1:{Input},{Unit}");
        trainer.Step();

        var rate = trainer.Optimizer.LearningRate;
        Assert.NotEqual(0.004f, rate);
        Assert.Equal(rate, (float)ExplainedModel.Value(page, "rate"));

        // Kingma and Ba, algorithm 1, at the run's next step.
        var g = ExplainedModel.Value(page, "g");
        var (mean, square) = ((0.9 * m) + (0.1 * g), (0.999 * v) + (0.001 * g * g));
        var (mHat, vHat) = (mean / (1 - Math.Pow(0.9, steps + 1)), square / (1 - Math.Pow(0.999, steps + 1)));
        Assert.Equal(mean, ExplainedModel.Value(page, "m"), 1e-6 * Math.Abs(mean));
        Assert.Equal(square, ExplainedModel.Value(page, "v"), 2e-5 * square);
        Assert.Equal(mHat, ExplainedModel.Value(page, "m̂"), 2e-6 * Math.Abs(mHat));
        Assert.Equal(vHat, ExplainedModel.Value(page, "v̂"), 2e-4 * vHat);
        Assert.Equal(w - (rate * mHat / (Math.Sqrt(vHat) + 1e-8)), ExplainedModel.Value(page, "w after"), 1e-6);
    }

    [Fact]
    public void A_run_by_sgd_makes_its_own_step()
    {
        using var trainer = Train(new Sgd(0.05f, momentum: 0.9f), 5, LearningRateSchedule.Constant);
        var place = (Input * 8) + Unit;
        var u = Memory(trainer, 0)[place];
        var w = ((Dense)trainer.Network.Layers[0]).Weights.Values.ToArray()[place];
        var page = _model.Explain("--sample", "4", "--weight", $"1:{Input},{Unit}");
        var next = (0.9 * u) + ExplainedModel.Value(page, "g");
        Assert.Equal(next, ExplainedModel.Value(page, "u"), 1e-6);
        Assert.Equal(w - (0.05 * next), ExplainedModel.Value(page, "w after"), 1e-6);
    }

    [Fact]
    public void A_run_that_is_over_says_so_and_takes_its_full_rate()
    {
        using var trainer = Train(new Adam(0.004f), 12, LearningRateSchedule.Cosine);
        Assert.True(trainer.IsDone);
        var text = InProcess.Run("explain", _model.Path, "--sample", "4", "--text").Out.ReplaceLineEndings(" ");
        Assert.Contains("The run is over after 12 steps, and its schedule (cosine) with it.", text, StringComparison.Ordinal);
        Assert.Contains("rate = the run's full rate = 0.004", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_whose_checkpoint_is_damaged_is_explained_by_its_model_with_a_warning()
    {
        using var trainer = Train(new Adam(0.004f), 12, LearningRateSchedule.Cosine);
        File.WriteAllBytes(_model.File("checkpoint.safetensors"), new byte[40]);
        var result = InProcess.Run("explain", Path.GetDirectoryName(_model.Path)!, "--sample", "4", "--text");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("checkpoint.safetensors: byte 8", result.Error, StringComparison.Ordinal);
        Assert.Contains("rate = adam's default = 0.001", result.Out, StringComparison.Ordinal);
    }

    private static float[] Memory(Trainer trainer, int which) => trainer.Optimizer.State[which].Buffer.View.ToArray();

    /// <summary>Three epochs of four steps, of which some are made and saved.</summary>
    private Trainer Train(Optimizer optimizer, int steps, LearningRateSchedule schedule)
    {
        var digits = BundledDigits.Load().Train.Subset(100, seed: 1);
        var network = new Network(_model.Backend, 784, [new Dense(8, Activation.Tanh), new Dense(10)],
            new SoftmaxCrossEntropy(), seed: 5);
        var options = new TrainingOptions { Epochs = 3, BatchSize = 30, Schedule = schedule };
        var trainer = new Trainer(network, optimizer, digits, null, options);
        for (var step = 0; step < steps; step++)
        {
            trainer.Step();
        }

        Checkpoint.Save(trainer, TrainedModel.Of(network, digits), _model.Path);
        return trainer;
    }
}
