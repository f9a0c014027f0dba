using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training;

public class TrainerTests
{
    private static readonly Dataset Digits = BundledDigits.Load().Train.Subset(150, seed: 1);

    [Fact]
    public void Ten_samples_are_learnt_by_heart()
    {
        using var backend = new CpuBackend(2);
        using var network = Make(backend, dropout: 0);
        var ten = Digits.Subset(10, seed: 2);
        var history = network.Fit(ten, new Adam(0.01f), epochs: 60, batchSize: 10);
        Assert.Equal(60, history.Count);
        Assert.True(history[^1].TrainLoss < 0.02, $"{history[^1]}");
        Assert.Equal(1.0, network.Evaluate(ten).Accuracy);
        Assert.Equal(ten.Labels.Span[3], network.PredictClass(ten.Image(3)));
    }

    [Fact]
    public void The_first_loss_of_an_untrained_network_is_near_the_logarithm_of_its_classes()
    {
        using var backend = new CpuBackend(2);
        using var network = Make(backend, dropout: 0);
        Assert.Equal(Math.Log(10), network.Evaluate(Digits).Loss, 0.5);
    }

    [Fact]
    public void Every_epoch_sees_every_sample_once_in_an_order_of_its_own()
    {
        var first = new int[1000];
        var second = new int[1000];
        Shuffle.Fill(first, seed: 5, epoch: 0);
        Shuffle.Fill(second, seed: 5, epoch: 1);
        Assert.NotEqual(first, second);
        Assert.Equal(Enumerable.Range(0, 1000), first.Order());
        Assert.Equal(Enumerable.Range(0, 1000), second.Order());

        // A thousand samples stay in place once on average; ten would be a one-in-a-million order.
        Assert.InRange(first.Where((sample, place) => sample == place).Count(), 0, 9);
    }

    [Fact]
    public void A_smaller_last_batch_counts_as_what_it_is()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(network, optimizer, Digits, options: new TrainingOptions { Epochs = 1, BatchSize = 64 });
        Assert.Equal(3, trainer.Batches);
        trainer.Step();
        trainer.Step();
        Assert.Equal(128, trainer.Metrics.Samples);
        Assert.False(trainer.IsDone);
        trainer.Step();
        Assert.Equal(150, trainer.Metrics.Samples);
        Assert.True(trainer.IsDone);
        Assert.Throws<InvalidOperationException>(trainer.Step);
    }

    /// <summary>Two thirds of the candidates must not matter to the weights, and all of them to the metrics.</summary>
    [Fact]
    public void A_step_learns_from_the_candidates_with_the_largest_losses()
    {
        var options = new TrainingOptions { Epochs = 2, BatchSize = 20, Candidates = 3, Seed = 4 };
        using var backend = new CpuBackend(2);
        using var network = Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(network, optimizer, Digits, options: options);
        Assert.Equal(3, trainer.Batches);

        using var byHand = Make(backend);
        using var other = new Adam();
        using var metrics = new RunningMetrics(backend);
        var order = new int[Digits.Count];
        Shuffle.Fill(order, options.Seed, epoch: 0);
        for (var step = 0; step < trainer.Batches; step++)
        {
            var candidates = order.Skip(step * 60).Take(60).ToArray();
            var losses = LossesOf(byHand, candidates);
            var hardest = candidates.Zip(losses).OrderByDescending(pair => pair.Second).Select(pair => pair.First)
                .Take((candidates.Length + 2) / 3).ToArray();
            using var x = Inputs(backend, hardest);
            using var labels = Labels(backend, hardest);
            other.LearningRate = 0.001f * LearningRateSchedule.Cosine.Factor(new ScheduleMoment(step, 3, 2, []));
            byHand.TrainStep(new Tensor(x.View, hardest.Length, 784), labels.View, other, metrics: null);
            trainer.Step();
            Assert.Equal(byHand.CopyWeights(), network.CopyWeights());
        }

        Assert.Equal(150, trainer.History[0].ImagesPerSecond * trainer.History[0].Seconds, 1e-3);
    }

    [Fact]
    public void The_metrics_of_a_step_are_those_of_all_its_candidates()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(
            network, optimizer, Digits, options: new TrainingOptions { Epochs = 1, BatchSize = 75, Candidates = 2 });
        var before = network.Evaluate(Digits);
        trainer.Step();
        Assert.Equal((before.Loss, before.Accuracy), (trainer.History[0].TrainLoss, trainer.History[0].TrainAccuracy));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_names_the_step_and_keeps_the_last_good_weights()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend, dropout: 0);
        using var optimizer = new Sgd(0.1f);
        using var trainer = new Trainer(network, optimizer, Digits, options: new TrainingOptions
        {
            Epochs = 3,
            BatchSize = 30,
            Schedule = LearningRateSchedule.Constant,
        });
        for (var step = 0; step < 5; step++)
        {
            trainer.Step();
        }

        var good = network.CopyWeights();
        trainer.Step();
        network.Parameters[0].Values.CopyFrom(Enumerable.Repeat(float.NaN, network.Parameters[0].Count).ToArray());
        var error = Assert.Throws<NotFiniteException>(() => trainer.Run());
        Assert.Equal(7, error.Step);
        Assert.Equal(1, error.GoodEpochs);
        Assert.Contains("step 7", error.Message, StringComparison.Ordinal);
        Assert.Equal(good, network.CopyWeights());
    }

    [Fact]
    public void A_validation_loss_that_is_not_finite_stops_the_run_too()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend, dropout: 0);
        using var optimizer = new Sgd(1e38f);
        var start = network.CopyWeights();
        var options = new TrainingOptions { Epochs = 2, BatchSize = 150, EarlyStopping = new EarlyStopping(5) };
        using var trainer = new Trainer(network, optimizer, Digits, Digits, options);
        var error = Assert.Throws<NotFiniteException>(() => trainer.Run());
        Assert.StartsWith("the validation loss after step 1 is not a finite number", error.Message, StringComparison.Ordinal);
        Assert.Empty(trainer.History);
        Assert.Equal(start, network.CopyWeights());
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_measured_as_not_a_number()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend, dropout: 0);
        network.SetWeights([.. network.CopyWeights().Select(weight => weight * 1e38f)]);
        var result = network.Evaluate(Digits);
        Assert.Equal(double.NaN, result.Loss);
        Assert.Equal(result.Confusion.Accuracy, result.Accuracy);
    }

    [Fact]
    public void An_optimizer_that_has_trained_before_begins_with_its_full_rate_again()
    {
        using var backend = new CpuBackend(1);
        var losses = new List<double>[2];
        for (var i = 0; i < 2; i++)
        {
            using var network = Make(backend, dropout: 0);
            using var first = new Sgd(0.1f);
            using var second = new Sgd(0.1f);
            network.Fit(Digits, first, epochs: 2);
            var again = network.Fit(Digits, i == 0 ? first : second, epochs: 2);
            losses[i] = [.. again.Select(epoch => epoch.TrainLoss)];
            Assert.Equal(0.1f, first.LearningRate);
        }

        Assert.Equal(losses[1], losses[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_checkpoint_tells_the_rate_of_the_next_step(int candidates)
    {
        using var folder = new TemporaryFolder();
        using var backend = new CpuBackend(1);
        using var network = Make(backend, dropout: 0);
        using var optimizer = new Adam(0.01f);
        using var model = TrainedModel.Of(network, Digits);
        var options = new TrainingOptions { Epochs = 3, BatchSize = 20, Candidates = candidates };
        using var trainer = new Trainer(network, optimizer, Digits, options: options);
        for (var step = 0; step < 5; step++)
        {
            trainer.Step();
        }

        Checkpoint.Save(trainer, model, folder.File("c"));
        trainer.Step();
        Assert.Equal(optimizer.LearningRate, Checkpoint.Read(folder.File("c")).NextRate(options.Schedule));
    }

    [Fact]
    public void A_run_that_keeps_no_weights_goes_back_to_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var backend = new CpuBackend(1);
        using var network = Make(backend, dropout: 0);
        using var optimizer = new Adam();
        using var model = TrainedModel.Of(network, Digits);
        var options = new TrainingOptions { Epochs = 2, BatchSize = 30, AverageDecay = 0.9f };
        using var trainer = new Trainer(network, optimizer, Digits, options: options);
        trainer.ForgetGoodWeights();
        Assert.False(trainer.KeepsGoodWeights);
        trainer.Step();
        Checkpoint.Save(trainer, model, folder.File("c"));
        var good = network.CopyWeights();
        trainer.Step();
        network.Parameters[0].Values.CopyFrom(Enumerable.Repeat(float.NaN, network.Parameters[0].Count).ToArray());
        Assert.Throws<NotFiniteException>(() => trainer.Run());
        Assert.Contains(float.NaN, network.CopyWeights());

        trainer.GoBack(Checkpoint.Read(folder.File("c")));
        Assert.Equal(good, network.CopyWeights());
        Assert.Equal((0, 1), (trainer.Epoch, trainer.Batch));
        Assert.True(trainer.Run());
    }

    [Fact]
    public void A_run_that_gave_its_steps_memory_back_still_has_the_model_and_makes_no_step()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(
            network, optimizer, Digits, options: new TrainingOptions { Epochs = 2, AverageDecay = 0.9f });
        trainer.Step();
        float[] before = [], after = [];
        trainer.UseModelWeights(() => before = network.CopyWeights());
        trainer.ReleaseSteps();
        Assert.Empty(optimizer.State);
        trainer.UseModelWeights(() => after = network.CopyWeights());
        Assert.Equal(before, after);
        Assert.Throws<InvalidOperationException>(trainer.Step);
    }

    [Fact]
    public void A_stopped_run_returns_between_two_steps()
    {
        using var backend = new CpuBackend(1);
        using var network = Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(network, optimizer, Digits, options: new TrainingOptions { Epochs = 2 });
        using var stop = new CancellationTokenSource();
        trainer.EpochEnded = _ => stop.Cancel();
        Assert.False(trainer.Run(stop.Token));
        Assert.Equal((1, 0), (trainer.Epoch, trainer.Batch));
        Assert.True(trainer.Run());
        Assert.Equal(2, trainer.History.Count);
    }

    [Fact]
    public void A_network_that_does_not_fit_the_data_is_refused_with_both_sizes()
    {
        using var backend = new CpuBackend(1);
        using var narrow = new Network(backend, 100, [new Dense(10)], new SoftmaxCrossEntropy());
        Assert.Contains("28x28 = 784", Assert.Throws<ShapeException>(() => narrow.Fit(Digits)).Message, StringComparison.Ordinal);
        using var few = new Network(backend, 784, [new Dense(3)], new SoftmaxCrossEntropy());
        Assert.Contains("tells 3 classes apart",
            Assert.Throws<ShapeException>(() => few.Evaluate(Digits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_network_trains_on_pictures_of_two_classes()
    {
        var labels = Digits.Labels.ToArray();
        var chosen = Enumerable.Range(0, Digits.Count).Where(i => labels[i] < 2).ToArray();
        var pictures = Digits.Select(chosen);
        var binary = new Dataset("zero or one", 28, 28, ["zero", "one"], pictures.CopyImages(), pictures.Labels);
        using var backend = new CpuBackend(2);
        using var network = new Network(backend, 784,
            [new Dense(16, Activation.Relu), new Dense(1, Activation.Sigmoid)], new BinaryCrossEntropy());
        network.Fit(binary, new Adam(), epochs: 20, batchSize: 10);
        Assert.Equal(1.0, network.Evaluate(binary).Accuracy);
        Assert.Equal(binary.Labels.Span[0], network.PredictClass(binary.Image(0)));
    }

    private static float[] LossesOf(Network network, int[] samples)
    {
        using var x = Inputs(network.Backend, samples);
        using var labels = Labels(network.Backend, samples);
        network.Loss.Compute(network.Backend, network.Forward(new Tensor(x.View, samples.Length, 784)), labels.View);
        return network.Loss.Losses.Slice(0, samples.Length).ToArray();
    }

    private static DeviceBuffer<float> Inputs(Backend backend, int[] samples)
    {
        var format = InputFormat.For(Digits);
        return backend.Share<float>([.. samples.SelectMany(i => format.Convert(Digits.Image(i)))]);
    }

    private static DeviceBuffer<byte> Labels(Backend backend, int[] samples) =>
        backend.Share<byte>([.. samples.Select(i => Digits.Labels.Span[i])]);

    internal static Network Make(Backend backend, float dropout = 0.2f, ulong seed = 11) => new(
        backend, 784, [new Dense(24, Activation.Relu), new Dropout(dropout), new Dense(10)], new SoftmaxCrossEntropy(), seed);
}
