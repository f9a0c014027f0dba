using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training;

/// <summary>Models and checkpoints: what is saved comes back, and a resumed run is the run that was never stopped.</summary>
public sealed class CheckpointTests : IDisposable
{
    private static readonly Dataset Digits = BundledDigits.Load().Train.Subset(100, seed: 1);

    private static readonly TrainingOptions Options = new()
    {
        Epochs = 3,
        BatchSize = 30,
        Seed = 9,
        Distortion = new Distortion(RotationDegrees: 10, ShiftPixels: 1),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("scratchnet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("adam", 1)]
    [InlineData("adam", 2)]
    [InlineData("adamw", 1)]
    [InlineData("sgd", 1)]
    public void A_run_resumed_at_any_step_ends_with_the_same_bits(string optimizer, int candidates)
    {
        var options = Options with { Candidates = candidates };
        var (whole, history) = Train(optimizer, options, stopAt: int.MaxValue);
        for (var step = 0; step < 12 / candidates; step++)
        {
            var (weights, resumed) = Train(optimizer, options, stopAt: step);
            Assert.Equal(whole, weights);
            Assert.Equal(history.Select(epoch => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss)),
                resumed.Select(epoch => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss)));
        }
    }

    [Fact]
    public void A_model_comes_back_as_it_was()
    {
        var path = Path.Combine(_folder, "model.safetensors");
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        network.Fit(Digits, epochs: 1);
        using var model = TrainedModel.Of(network, Digits);
        model.Save(path);
        using var loaded = TrainedModel.Load(backend, path);
        Assert.Equal(network.CopyWeights(), loaded.Network.CopyWeights());
        Assert.Equal(model.Evaluate(Digits).Loss, loaded.Evaluate(Digits).Loss);
        Assert.Equal(model.Predict(Digits.Image(5)), loaded.Predict(Digits.Image(5)));
        Assert.Equal(
            (model.Format, model.DatasetName, model.DatasetFingerprint), (loaded.Format, loaded.DatasetName, loaded.DatasetFingerprint));
        Assert.Equal(model.ClassNames, loaded.ClassNames);
        Assert.Equal(network.Seed, loaded.Network.Seed);

        // Nothing in the file depends on when or where it was saved.
        var again = Path.Combine(_folder, "again.safetensors");
        loaded.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Fact]
    public void The_next_losses_after_loading_are_those_of_the_network_that_was_saved()
    {
        var path = Path.Combine(_folder, "model.safetensors");
        using var backend = new CpuBackend(2);
        using var network = TrainerTests.Make(backend);
        using var model = TrainedModel.Of(network, Digits);
        model.Save(path);
        using var loaded = TrainedModel.Load(backend, path);
        var expected = network.Fit(Digits, new Adam(), epochs: 2).Select(epoch => epoch.TrainLoss);
        Assert.Equal(expected, loaded.Network.Fit(Digits, new Adam(), epochs: 2).Select(epoch => epoch.TrainLoss));
    }

    [Fact]
    public void A_checkpoint_is_a_model_too_but_a_model_is_no_checkpoint()
    {
        var path = Path.Combine(_folder, "checkpoint.safetensors");
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(network, optimizer, Digits, options: Options);
        using var model = TrainedModel.Of(network, Digits);
        trainer.Step();
        Checkpoint.Save(trainer, model, path, new() { ["dataset"] = "digits" });
        Assert.Equal("digits", (string?)Checkpoint.Read(path).Extra["dataset"]);
        using (var loaded = TrainedModel.Load(backend, path))
        {
            Assert.Equal(network.CopyWeights(), loaded.Network.CopyWeights());
        }

        model.Save(path);
        var error = Assert.Throws<ModelFileException>(() => Checkpoint.Read(path));
        Assert.Contains("no checkpoint", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 0f)]
    [InlineData(false, 0.9f)]
    [InlineData(true, 0.9f)]
    public void A_checkpoint_is_of_the_step_at_which_it_was_begun_however_far_the_run_goes_on(bool stopsEarly, float decay)
    {
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam();
        var options = Options with { AverageDecay = decay, EarlyStopping = stopsEarly ? new EarlyStopping(9) : null };
        using var trainer = new Trainer(network, optimizer, Digits, Digits.Slice(0, 20), options);
        using var model = TrainedModel.Of(network, Digits);
        var (begun, saved) = (Path.Combine(_folder, "begun"), Path.Combine(_folder, "saved"));
        for (var step = 1; step <= 5; step++)
        {
            trainer.Step();
            Checkpoint.Save(trainer, model, saved);
            using var file = Checkpoint.Begin(trainer, model, begun);
            Assert.Equal(step > 1, File.Exists(begun));
            trainer.Step();
            file.Commit();
            Assert.Equal(File.ReadAllBytes(saved), File.ReadAllBytes(begun));
        }
    }

    [Fact]
    public void Resuming_with_other_data_optimizer_or_settings_says_what_differs()
    {
        using var backend = new CpuBackend(1);
        var path = SaveNew(backend);
        var checkpoint = Checkpoint.Read(path);

        string Refusal(Dataset data, Optimizer other, TrainingOptions options)
        {
            using var loaded = checkpoint.LoadModel(backend);
            using var resumed = new Trainer(loaded.Network, other, data, options: options);
            return Assert.Throws<ResumeException>(() => checkpoint.Restore(resumed)).Message;
        }

        Assert.Contains("the training data", Refusal(Digits.Slice(1, 90), new Adam(), Options), StringComparison.Ordinal);
        Assert.Contains("the optimizer", Refusal(Digits, new Adam(0.01f), Options), StringComparison.Ordinal);
        Assert.Contains("the settings", Refusal(Digits, new Adam(), Options with { BatchSize = 31 }), StringComparison.Ordinal);
        Assert.Contains("the settings", Refusal(Digits, new Adam(), Options with { Candidates = 2 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"samples\":100", "\"samples\":\"a hundred\"", typeof(ModelFileException))]
    [InlineData("\"samples\":100,", "", typeof(ModelFileException))]
    [InlineData("\"samples_xxh128\":\"", "\"samples_xxh128\":\"0\",\"other\":\"", typeof(ResumeException))]
    [InlineData("", "", typeof(ModelFileException))]
    public void A_checkpoint_that_contradicts_itself_is_refused_when_it_is_restored(string text, string with, Type exception)
    {
        using var backend = new CpuBackend(1);
        var path = SaveNew(backend);
        var file = SafetensorsFile.Read(path);
        StoredTensor[] others = text == "" ? [new("weights.trained", [3], new float[3])] : [];
        var training = text == "" ? file.Metadata["training"] : file.Metadata["training"].Replace(text, with);
        Assert.True(text == "" || training != file.Metadata["training"], file.Metadata["training"]);
        new SafetensorsFile([.. file.Tensors.Values, .. others],
            file.Metadata.Select(pair => pair.Key == "training" ? new(pair.Key, training) : pair)).Write(path);

        var checkpoint = Checkpoint.Read(path);
        using var loaded = checkpoint.LoadModel(backend);
        using var again = new Adam();
        using var resumed = new Trainer(loaded.Network, again, Digits, options: Options);
        Assert.Throws(exception, () => checkpoint.Restore(resumed));
        using var fresh = new Adam();
        if (text == "")
        {
            Assert.Throws<ModelFileException>(() => checkpoint.Restore(loaded.Network, fresh));
        }
    }

    [Fact]
    public void Pictures_of_another_size_are_refused_even_if_they_are_several()
    {
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var model = TrainedModel.Of(network, Digits);
        foreach (var length in new[] { 0, 783, 2 * 784 })
        {
            Assert.Contains($"28x28 = 784 pixels, but {length} were",
                Assert.Throws<ShapeException>(() => model.Predict(new byte[length])).Message, StringComparison.Ordinal);
            Assert.Contains($"{length} were",
                Assert.Throws<ShapeException>(() => network.PredictClass(new byte[length])).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("architecture",
        "{\"inputs\":784,\"layers\":[{\"type\":\"conv\"}],\"loss\":{\"type\":\"binary-cross-entropy\"}}",
        "no layer of type 'conv'")]
    [InlineData("architecture",
        "{\"inputs\":784,\"layers\":[{\"type\":\"dense\",\"units\":2000000000,\"activation\":\"none\",\"initializer\":\"he\"}],"
        + "\"loss\":{\"type\":\"softmax-cross-entropy\",\"label_smoothing\":0}}", "describes no network")]
    [InlineData("architecture", "[]", "describes no network")]
    [InlineData("architecture", "{", "describes no network")]
    [InlineData("seed", "many", "describes no network")]
    [InlineData("format", "keras", "'keras'")]
    [InlineData("classes", "[\"a\"]", "1 classes")]
    [InlineData("preprocessing", "{\"height\":3,\"width\":3,\"scale\":\"1\",\"shift\":\"0\"}", "3x3")]
    [InlineData("preprocessing", "null", "describes no model")]
    public void Metadata_that_describes_no_model_is_refused(string key, string text, string expected)
    {
        var path = Path.Combine(_folder, "model.safetensors");
        using var backend = new CpuBackend(1);
        using var network = TrainerTests.Make(backend);
        using var model = TrainedModel.Of(network, Digits);
        model.Save(path);
        var file = SafetensorsFile.Read(path);
        var metadata = file.Metadata.Select(pair => pair.Key == key ? new(key, text) : pair);
        new SafetensorsFile(file.Tensors.Values, metadata).Write(path);
        var error = Assert.Throws<ModelFileException>(() => TrainedModel.Load(backend, path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private (float[] Weights, IReadOnlyList<EpochResult> History) Train(
        string optimizerName, TrainingOptions options, int stopAt)
    {
        using var backend = new CpuBackend(2);
        return InterruptedRun.Train(
            backend, () => TrainerTests.Make(backend), () => MakeOptimizer(optimizerName),
            (network, optimizer) => new Trainer(network, optimizer, Digits, Digits.Slice(0, 20), options),
            Path.Combine(_folder, "checkpoint.safetensors"), stopAt, trainer => (trainer.Network.CopyWeights(), trainer.History));
    }

    private static Optimizer MakeOptimizer(string name) => name switch
    {
        "adam" => new Adam(0.002f),
        "adamw" => new AdamW(0.002f),
        _ => new Sgd(0.05f, momentum: 0.9f),
    };

    /// <summary>The checkpoint of a run that has not made a step.</summary>
    private string SaveNew(CpuBackend backend)
    {
        var path = Path.Combine(_folder, "checkpoint.safetensors");
        using var network = TrainerTests.Make(backend);
        using var optimizer = new Adam();
        using var trainer = new Trainer(network, optimizer, Digits, options: Options);
        using var model = TrainedModel.Of(network, Digits);
        Checkpoint.Save(trainer, model, path);
        return path;
    }
}
