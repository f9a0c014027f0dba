using ScratchNet.Engine;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>The checks of a whole network, each fault with those that must see it, and only those.</summary>
public class NetworkCheckTests
{
    private const int Inputs = 20;
    private const int Classes = 4;

    [Theory]
    [InlineData("cpu")]
    [InlineData("simulator")]
    public void A_healthy_network_passes_every_check(string device)
    {
        using var backend = device == "cpu" ? new CpuBackend(2) : (Backend)GpuDevices.OpenSimulator();
        using var network = new Network(backend, Inputs,
            [new Dense(12, Activation.Relu), new Dropout(0.2f), new Dense(8, Activation.Sigmoid), new Dense(Classes)],
            new SoftmaxCrossEntropy(0.1f, [1, 4, 4, 1]));
        var results = Check(backend, Blueprint.Of(network)).Run(network).ToList();
        string[] kinds = ["layer", "loss", "network", "repeat", "optimizer", "start", "overfit", "control"];
        Assert.Equal(kinds, results.Select(result => result.Check).Distinct());
        Assert.All(results, result => Assert.True(result.Passes, $"{result}"));
    }

    [Fact]
    public void A_check_that_overlooks_what_is_planted_for_it_is_called_broken()
    {
        using var backend = new CpuBackend(1);
        var result = NegativeControl.Run(backend, [("loss", Fault.NoBatchMean), ("optimizer", Fault.BiasNotSummed)]);
        Assert.False(result.Passes);
        Assert.Equal("the check itself is broken: 'optimizer' overlooks BiasNotSummed", result.Finding);
    }

    [Theory]
    [InlineData(Fault.None)]
    [InlineData(Fault.BiasNotSummed, "layer", "network")]
    [InlineData(Fault.NoBatchMean, "loss", "network")]
    [InlineData(Fault.AdamNoBiasCorrection, "optimizer")]
    [InlineData(Fault.SoftmaxNoMax, "loss")]
    [InlineData(Fault.ZeroWeights, "overfit")]
    public void A_fault_is_found_by_the_checks_that_can_see_it(Fault fault, params string[] kinds)
    {
        using var backend = new CpuBackend(2);
        Assert.Equal(kinds, FoundBy(backend, fault));
    }

    [Theory]
    [InlineData(Fault.MissingTranspose, "layer")]
    [InlineData(Fault.WrongActivationMask, "layer")]
    [InlineData(Fault.GradientsNotCleared, "repeat")]
    [InlineData(Fault.LargeWeights, "start")]
    public void A_fault_that_does_more_harm_is_found_by_those_at_least(Fault fault, string kind)
    {
        using var backend = new CpuBackend(2);
        Assert.Contains(kind, FoundBy(backend, fault));
    }

    [Fact]
    public void Faults_of_softmax_need_softmax()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 3, [new Dense(1, Activation.Sigmoid)], new BinaryCrossEntropy());
        Assert.Throws<ArgumentException>(() => Blueprint.Of(network).With(Fault.NoBatchMean));
    }

    [Fact]
    public void A_curve_ends_where_the_loss_is_no_number()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, Inputs, [new Dense(Classes)], new SoftmaxCrossEntropy());
        network.Parameters[0].Values.CopyFrom(Enumerable.Repeat(float.NaN, Inputs * Classes).ToArray());
        using var optimizer = new Adam();
        var losses = LossCurve.Train(network, optimizer, TestData.Uniform(6 * Inputs, 1), TestData.Labels(6, Classes, 2), 3, 10);
        Assert.True(double.IsNaN(Assert.Single(losses)));
    }

    private static string[] FoundBy(Backend backend, Fault fault)
    {
        using var network = new Network(backend, Inputs,
            [new Dense(12, Activation.Relu), new Dense(8, Activation.Relu), new Dense(Classes)], new SoftmaxCrossEntropy());
        return [.. Check(backend, Blueprint.Of(network).With(fault)).Run()
            .Where(result => !result.Passes).Select(result => result.Check).Distinct()];
    }

    private static NetworkCheck Check(Backend backend, Blueprint plan) => new(
        backend, plan, TestData.Uniform(NetworkCheck.Samples * Inputs, 7), TestData.Labels(NetworkCheck.Samples, Classes, 8));
}
