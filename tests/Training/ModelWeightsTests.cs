using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training;

/// <summary>Averaged weights, early stopping, clipping, and all of them across a checkpoint.</summary>
public sealed class ModelWeightsTests : IDisposable
{
    private const int BatchSize = 20;
    private static readonly Dataset Digits = BundledDigits.Load().Train.Subset(60, seed: 1);
    private static readonly Dataset Validation = BundledDigits.Load().Test.Subset(40, seed: 1);

    private static readonly TrainingOptions Averaged = new() { Epochs = 3, BatchSize = BatchSize, AverageDecay = 0.9f };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheAverageIsThatOfTheWeightsAfterEveryStep()
    {
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam(0.01f);
        var exact = network.CopyWeights().Select(weight => (double)weight).ToArray();
        using var trainer = new Trainer(network, optimizer, Digits, Validation, Averaged);
        while (!trainer.IsDone)
        {
            trainer.Step();
            var share = 1 - Math.Min(0.9, (1.0 + optimizer.Steps) / (10.0 + optimizer.Steps));
            var weights = network.CopyWeights();
            exact = [.. exact.Select((value, i) => value + (share * (weights[i] - value)))];
        }

        var trained = network.CopyWeights();
        var average = ModelOf(trainer);
        Assert.NotEqual(trained, average);
        Assert.All(average.Zip(exact), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.Equal(trained, network.CopyWeights());
    }

    [Fact]
    public void ValidationUsesTheAverage()
    {
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam(0.01f);
        using var trainer = new Trainer(network, optimizer, Digits, Validation, Averaged);
        Assert.True(trainer.Run());
        EvaluationResult? averaged = null;
        trainer.UseModelWeights(() => averaged = network.Evaluate(Validation));
        Assert.Equal(averaged!.Loss, trainer.History[^1].ValidationLoss);
        Assert.NotEqual(averaged.Loss, network.Evaluate(Validation).Loss);
    }

    [Fact]
    public void TheModelsWeightsAreLentToOneAtATime()
    {
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam(0.01f);
        using var trainer = new Trainer(network, optimizer, Digits, options: Averaged);
        trainer.Step();
        var (trained, model) = (network.CopyWeights(), ModelOf(trainer));
        Assert.Throws<InvalidOperationException>(() => trainer.UseModelWeights(() => trainer.UseModelWeights(() => { })));
        Assert.Equal(trained, network.CopyWeights());
        Assert.Equal(model, ModelOf(trainer));
    }

    [Fact]
    public void FittingLeavesTheNetworkWithTheModelsWeights()
    {
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        var history = network.Fit(Digits, new Adam(0.01f), epochs: 3, batchSize: BatchSize, Validation, Averaged);
        Assert.Equal(history[^1].ValidationLoss, network.Evaluate(Validation).Loss);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("simulator")]
    public void AStepWithAverageClippingAndClassWeightsCopiesNothing(string device)
    {
        using var backend = Devices.Open(device);
        CheckCopies(backend);
    }

    internal static void CheckCopies(Backend backend)
    {
        using var network = Weighted(backend);
        using var optimizer = new Adam(0.01f) { MaxGradientNorm = 0.1f };
        using var trainer = new Trainer(network, optimizer, Digits, options: Averaged);
        trainer.Step();
        var before = (backend.Transfers.Uploads, backend.Transfers.Downloads);
        trainer.Step();
        Assert.Equal(before, (backend.Transfers.Uploads, backend.Transfers.Downloads));
    }

    internal static void CheckAgreement(Backend backend)
    {
        using var cpu = new CpuBackend(2);
        var expected = ModelAfterAFewSteps(cpu);
        var actual = ModelAfterAFewSteps(backend);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void TheSimulatorFindsTheSameWeights()
    {
        using var backend = Devices.Open("simulator");
        CheckAgreement(backend);
    }

    [Fact]
    public void AClippedStepOfGradientDescentIsAsLongAsRateTimesTheLimit()
    {
        const float Limit = 0.05f;
        const float Rate = 0.5f;
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend, dropout: 0);
        using var optimizer = new Sgd(Rate) { MaxGradientNorm = Limit };
        using var trainer = new Trainer(network, optimizer, Digits, options: new TrainingOptions { BatchSize = BatchSize });
        var before = network.CopyWeights();
        trainer.Step();
        var length = Math.Sqrt(before.Zip(network.CopyWeights()).Sum(pair => Math.Pow((double)pair.Second - pair.First, 2)));
        Assert.Equal(Rate * Limit, length, 1e-5);
    }

    [Theory]
    [InlineData(StoppingMeasure.Loss, 2, false, 0.5, 0.4, 0.45)]
    [InlineData(StoppingMeasure.Loss, 2, true, 0.5, 0.4, 0.45, 0.41)]
    [InlineData(StoppingMeasure.Loss, 2, true, 0.5, 0.4, 0.4, 0.4)]
    [InlineData(StoppingMeasure.Accuracy, 2, false, 0.5, 0.6, 0.5)]
    [InlineData(StoppingMeasure.Accuracy, 2, true, 0.5, 0.6, 0.6, 0.55)]
    public void StoppingCountsEpochsSinceTheFirstBestOne(StoppingMeasure measure, int best, bool over, params double[] values)
    {
        var stopping = new EarlyStopping(2, measure);
        var history = values.Select((value, i) => new EpochResult(i + 1, 1, 0, value, value, 1, 1)).ToArray();
        Assert.Equal((best, over), (stopping.BestEpoch(history), stopping.IsOver(history)));
    }

    [Fact]
    public void AStoppedRunGivesTheModelTheBestEpoch()
    {
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend, dropout: 0);

        // A rate so high that the validation loss soon rises.
        using var optimizer = new Adam(0.03f);
        using var trainer = new Trainer(network, optimizer, Digits, Validation, new TrainingOptions
        {
            Epochs = 200, BatchSize = BatchSize, Schedule = LearningRateSchedule.Constant, EarlyStopping = new EarlyStopping(3),
        });
        Assert.True(trainer.Run());
        var losses = trainer.History.Select(epoch => epoch.ValidationLoss!.Value).ToArray();
        Assert.InRange(losses.Length, 4, 199);
        Assert.Equal(losses.Length - 3, trainer.ModelEpoch);
        Assert.Equal(losses.Min(), losses[trainer.ModelEpoch - 1]);
        trainer.UseModelWeights(() => Assert.Equal(losses.Min(), network.Evaluate(Validation).Loss));
    }

    [Fact]
    public void WhatLooksAtValidationSamplesNeedsThem()
    {
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        TrainingOptions[] options =
        [
            new() { EarlyStopping = new EarlyStopping(1) },
            new() { Schedule = new PlateauSchedule() },
        ];
        Assert.All(options, option =>
            Assert.Throws<ArgumentException>(() => new Trainer(network, new Adam(), Digits, options: option)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9f, 0)]
    [InlineData(0, 1)]
    [InlineData(0.9f, 2)]
    public void ARunResumedAtAnyStepEndsWithTheSameBits(float decay, int patience)
    {
        var options = new TrainingOptions
        {
            Epochs = 4,
            BatchSize = BatchSize,
            AverageDecay = decay,
            EarlyStopping = patience == 0 ? null : new EarlyStopping(patience),
            Schedule = new PlateauSchedule(Patience: 0) with { WarmUpEpochs = 0.5 },
        };
        var (trained, model, history) = Train(options, stopAt: int.MaxValue);
        for (var step = 0; step < history.Length * 3; step++)
        {
            var resumed = Train(options, step);
            Assert.Equal(history, resumed.Losses);
            Assert.Equal(trained, resumed.Trained);
            Assert.Equal(model, resumed.Model);
        }
    }

    [Fact]
    public void AfterABreakdownAverageAndWeightsAreThoseOfTheLastGoodEpoch()
    {
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam(0.01f);
        using var trainer = new Trainer(network, optimizer, Digits, options: Averaged);
        while (trainer.Epoch < 1)
        {
            trainer.Step();
        }

        var (trained, model) = (network.CopyWeights(), ModelOf(trainer));
        network.Parameters[0].Values.CopyFrom(Enumerable.Repeat(float.NaN, network.Parameters[0].Count).ToArray());
        Assert.Throws<NotFiniteException>(() => trainer.Run());
        Assert.Equal(trained, network.CopyWeights());
        Assert.Equal(model, ModelOf(trainer));
    }

    [Fact]
    public void ClassWeightsAreKeptInTheModel()
    {
        var path = _folder.File("model.safetensors");
        using var backend = new CpuBackend(1);
        using var network = Weighted(backend);
        using var model = TrainedModel.Of(network, Digits);
        model.Save(path);
        using var loaded = TrainedModel.Load(backend, path);
        Assert.Equal(((SoftmaxCrossEntropy)network.Loss).ClassWeights, ((SoftmaxCrossEntropy)loaded.Network.Loss).ClassWeights);
        Assert.Equal(model.Evaluate(Digits).Loss, loaded.Evaluate(Digits).Loss);
    }

    [Fact]
    public void OtherNumbersOfClassWeightsAndImpossibleOnesAreRefused()
    {
        using var backend = new CpuBackend(1);
        var error = Assert.Throws<ShapeException>(
            () => new Network(backend, 4, [new Dense(3)], new SoftmaxCrossEntropy(0, [1, 2])));
        Assert.Contains("2 class weights", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropy(0, [1, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropy(0, [1, float.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { MaxGradientNorm = -1 });
        using var network = Weighted(backend);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAverage(network, 1));
    }

    [Fact]
    public void BalancedWeightsMakeEveryClassCountTheSame()
    {
        byte[] labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 3];
        var dataset = new Dataset("few", 1, 1, ["a", "b", "c", "d"], new byte[10], labels);
        Assert.Equal([10f / 18, 10f / 9, 0f, 10f / 3], ClassBalance.Weights(dataset));
    }

    internal static Network Weighted(Backend backend) => new(
        backend, 784, [new Dense(12, Activation.Tanh), new Dense(10)],
        new SoftmaxCrossEntropy(0.1f, [1, 2, 0.5f, 1, 1, 3, 1, 1, 0, 1]), seed: 3);

    private static float[] ModelAfterAFewSteps(Backend backend)
    {
        using var network = Weighted(backend);
        using var optimizer = new Sgd(0.1f, momentum: 0.9f) { MaxGradientNorm = 0.2f };
        using var trainer = new Trainer(network, optimizer, Digits, options: Averaged);
        while (trainer.Epoch < 1)
        {
            trainer.Step();
        }

        return ModelOf(trainer);
    }

    private static float[] ModelOf(Trainer trainer)
    {
        float[] weights = [];
        trainer.UseModelWeights(() => weights = trainer.Network.CopyWeights());
        return weights;
    }

    private (float[] Trained, float[] Model, double[] Losses) Train(TrainingOptions options, int stopAt)
    {
        using var backend = new CpuBackend(2);
        return InterruptedRun.Train(
            backend, () => Weighted(backend), MakeOptimizer,
            (network, optimizer) => new Trainer(network, optimizer, Digits, Validation, options),
            _folder.File("checkpoint.safetensors"), stopAt, Outcome,
            (resumed, saved) => Assert.Equal(saved, ModelOf(resumed)));
    }

    private static (float[] Trained, float[] Model, double[] Losses) Outcome(Trainer trainer) =>
        (trainer.Network.CopyWeights(), ModelOf(trainer), [.. trainer.History.Select(epoch => epoch.ValidationLoss!.Value)]);

    private static Adam MakeOptimizer() => new(0.03f) { MaxGradientNorm = 0.5f };
}
