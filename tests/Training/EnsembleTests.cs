using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training;

/// <summary>Ensembles against the mean of probabilities, worked out picture by picture.</summary>
public class EnsembleTests
{
    private static readonly Dataset Digits = BundledDigits.Load().Test.Subset(600, seed: 1);

    [Fact]
    public void ModelsTogetherAnswerByTheMeanOfTheirProbabilities()
    {
        using var backend = new CpuBackend(2);
        using var a = Model(backend, seed: 1);
        using var b = Model(backend, seed: 2);
        var ensemble = new Ensemble(Digits);
        Assert.Equal(a.Evaluate(Digits).Accuracy, ensemble.Add(a).Accuracy);
        Assert.Equal(b.Evaluate(Digits).Accuracy, ensemble.Add(b).Accuracy);

        var (hits, loss) = (0, 0.0);
        for (var i = 0; i < Digits.Count; i++)
        {
            var mean = a.Predict(Digits.Image(i)).Zip(b.Predict(Digits.Image(i)), (p, q) => ((double)p + q) / 2).ToArray();
            var label = Digits.Labels.Span[i];
            hits += mean[label] == mean.Max() ? 1 : 0;
            loss -= Math.Log(mean[label]);
        }

        var together = ensemble.Evaluate();
        Assert.Equal((double)hits / Digits.Count, together.Accuracy);
        Assert.Equal(loss / Digits.Count, together.Loss, 1e-6);
        Assert.Equal(Digits.Count, together.Confusion.Total);
    }

    [Fact]
    public void OneModelIsAnEnsembleOfItself()
    {
        using var backend = new CpuBackend(2);
        using var model = Model(backend, seed: 1);
        var ensemble = new Ensemble(Digits);
        var alone = ensemble.Add(model);
        Assert.Equal(alone.Accuracy, ensemble.Evaluate().Accuracy);
        Assert.Equal(alone.Loss, ensemble.Evaluate().Loss, 1e-6);
    }

    [Fact]
    public void AModelThatIsSurelyWrongHasAFiniteLoss()
    {
        using var backend = new CpuBackend(2);
        using var model = Model(backend, seed: 1);
        model.Network.SetWeights([.. model.Network.CopyWeights().Select(weight => 20 * weight)]);
        var ensemble = new Ensemble(Digits);
        var alone = ensemble.Add(model).Loss;
        Assert.True(alone > 10, $"{alone}");
        Assert.Equal(alone, ensemble.Evaluate().Loss, alone * 1e-6);
        ensemble.Add(model);
        Assert.Equal(alone, ensemble.Evaluate().Loss, alone * 1e-6);
    }

    [Fact]
    public void BinaryModelsAnswerForBothClasses()
    {
        var labels = Digits.Labels.ToArray();
        var chosen = Enumerable.Range(0, Digits.Count).Where(i => labels[i] < 2).ToArray();
        var pictures = Digits.Select(chosen);
        var binary = new Dataset("zero or one", 28, 28, ["zero", "one"], pictures.CopyImages(), pictures.Labels);
        using var backend = new CpuBackend(2);
        using var network = new Network(backend, 784, [new Dense(1, Activation.Sigmoid)], new BinaryCrossEntropy());
        network.Fit(binary, new Adam(0.01f), epochs: 5, batchSize: 10);
        using var model = TrainedModel.Of(network, binary);
        var ensemble = new Ensemble(binary);
        var alone = ensemble.Add(model);
        Assert.True(alone.Accuracy > 0.9);
        Assert.Equal(alone.Accuracy, ensemble.Evaluate().Accuracy);
        Assert.Equal(alone.Loss, ensemble.Evaluate().Loss, 1e-6);
    }

    [Fact]
    public void ModelsOfOtherClassesOrInputsAreRefused()
    {
        using var backend = new CpuBackend(1);
        using var model = Model(backend, seed: 1);
        var ensemble = new Ensemble(Digits);
        Assert.Throws<InvalidOperationException>(() => ensemble.Evaluate());
        ensemble.Add(model);
        using var network = TrainerTests.Make(backend);
        var renamed = TrainedModel.Of(network, Digits) with { ClassNames = [.. Digits.ClassNames.Reverse()] };
        Assert.Contains("same classes",
            Assert.Throws<ShapeException>(() => ensemble.Add(renamed)).Message, StringComparison.Ordinal);
        var turned = TrainedModel.Of(network, Digits) with { Format = new InputFormat(14, 56) };
        Assert.Contains("14x56", Assert.Throws<ShapeException>(() => ensemble.Add(turned)).Message, StringComparison.Ordinal);
    }

    private static TrainedModel Model(Backend backend, ulong seed)
    {
        var network = TrainerTests.Make(backend, seed: seed);
        network.Fit(Digits, new Adam(0.003f), epochs: 1, batchSize: 50);
        return TrainedModel.Of(network, Digits);
    }
}
