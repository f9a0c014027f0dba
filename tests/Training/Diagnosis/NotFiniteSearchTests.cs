using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Diagnosis;
using Xunit;

namespace ScratchNet.Tests.Training.Diagnosis;

public sealed class NotFiniteSearchTests
{
    private static readonly Dataset Digits = BundledDigits.Load().Train.Subset(150, seed: 1);

    [Theory]
    [InlineData(0, 0, "layers.0.weights before it, layer 0 (dense 784 -> 24, relu)")]
    [InlineData(1, 2, "layers.2.bias before it, layer 2 (dense 24 -> 10)")]
    public void APlantedValueIsFoundInItsTensor(int layer, int index, string expected)
    {
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Sgd(0.1f);
        using var trainer = new Trainer(network, optimizer, Digits);
        trainer.Step();
        var parameter = layer == 0 ? network.Parameters[0] : network.Parameters[3];
        var values = parameter.Values.ToArray();
        values[^1] = float.NaN;
        parameter.Values.CopyFrom(values);
        Assert.Equal(new NotFiniteTensor(2, index, expected), NotFiniteSearch.Find(trainer, badStep: 2));
    }

    [Fact]
    public void WhatARateThatIsTooHighSpoilsFirstIsFoundBySteppingAgain()
    {
        using var backend = new CpuBackend(2);
        var error = Assert.Throws<NotFiniteException>(() => WithTrainer(backend, trainer => trainer.Run()));
        WithTrainer(backend, trainer =>
        {
            var found = NotFiniteSearch.Find(trainer, error.Step);
            Assert.NotNull(found);
            Assert.InRange(found.Step, error.Step - 1, error.Step);
        });
    }

    [Fact]
    public void WeightsThatTheLastStepOfAnEpochSpoiltAreNotTakenForGood()
    {
        // The loss of the only step is that of the first weights; the step itself is too long for float32.
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Sgd(float.MaxValue, weightDecay: float.MaxValue);
        using var trainer = new Trainer(network, optimizer, Digits, options: new TrainingOptions { BatchSize = 150 });
        var good = network.CopyWeights();
        var error = Assert.Throws<NotFiniteException>(trainer.Step);
        Assert.Contains("a weight after step 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(good, network.CopyWeights());
    }

    private static void WithTrainer(Backend backend, Action<Trainer> action)
    {
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Sgd(500f, weightDecay: 5f);
        using var trainer = new Trainer(network, optimizer, Digits, options: new TrainingOptions
        {
            BatchSize = 30,
            Schedule = LearningRateSchedule.Constant,
        });
        action(trainer);
    }
}
