using ScratchNet.Engine;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>Backpropagation against central differences in double precision, with planted bugs that must be found.</summary>
public class GradientCheckTests
{
    [Theory]
    [InlineData("dense")]
    [InlineData("dense-relu")]
    [InlineData("dense-sigmoid")]
    [InlineData("dense-tanh")]
    [InlineData("relu")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("dropout")]
    public void Every_layer_has_the_gradients_of_its_own_formula(string kind)
    {
        using var backend = new CpuBackend(2);
        foreach (var (batch, inputs) in new[] { (2, 1), (3, 5), (7, 17) })
        {
            Assert.All(CheckLayer(backend, Make(kind), batch, inputs),
                comparison => Assert.True(comparison.Passes, $"{comparison}"));
        }
    }

    [Theory]
    [InlineData("dense-relu")]
    [InlineData("tanh")]
    [InlineData("dropout")]
    public void Gpu_kernels_have_them_too(string kind)
    {
        using var backend = GpuDevices.OpenSimulator();
        Assert.All(CheckLayer(backend, Make(kind), 3, 4), comparison => Assert.True(comparison.Passes, $"{comparison}"));
    }

    [Theory]
    [InlineData(Fault.WrongActivationMask, "weights")]
    [InlineData(Fault.BiasNotSummed, "bias")]
    [InlineData(Fault.MissingTranspose, "input")]
    public void A_planted_fault_is_found(Fault fault, string where)
    {
        using var backend = new CpuBackend(1);
        var healthy = CheckLayer(backend, new FaultyDense(Fault.None, 4, Activation.Tanh, Initializer.Glorot), 3, 5);
        Assert.All(healthy, comparison => Assert.True(comparison.Passes, $"{comparison}"));

        var broken = CheckLayer(backend, new FaultyDense(fault, 4, Activation.Tanh, Initializer.Glorot), 3, 5);
        Assert.Contains(broken, comparison => comparison.Name.EndsWith(where, StringComparison.Ordinal) && !comparison.Passes);
    }

    [Fact]
    public void By_a_preactivation_it_is_z_that_is_nudged_and_not_the_bias()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(
            backend, 5, [new Dense(4, Activation.Tanh), new Dense(3)], new SoftmaxCrossEntropy(), seed: 3);
        var first = (Dense)network.Layers[0];

        // A z that the layer itself never gives: the derivative there is that of a network whose biases make up for it.
        var x = TestData.Uniform(5, 1);
        var z = TestData.Uniform(4, 2);
        var numeric = GradientCheck.OfPreactivation(network, 1, first, z, 1, [0, 1, 2, 3]);
        var bias = new float[4];
        for (var j = 0; j < 4; j++)
        {
            bias[j] = z[j] - Enumerable.Range(0, 5).Sum(p => x[p] * first.Weights.Values.ToArray()[(p * 4) + j]);
        }

        first.Bias.Values.CopyFrom(bias);
        var dz = SampleTrace.OfLoss(network, x, 1).Layers[0].Dz;
        Assert.All(numeric.Zip(dz), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Contains(dz, value => Math.Abs(value) > 0.01);
    }

    [Fact]
    public void The_worst_element_of_a_matrix_is_told_by_row_and_column()
    {
        var comparison = new GradientComparison("weights", 30, 0, 13, 1, 1, 0) { Columns = 5 };
        Assert.Equal("[2,3]", comparison.WorstPlace);
        Assert.Equal("[13]", (comparison with { Columns = 1 }).WorstPlace);
    }

    [Fact]
    public void Of_a_large_parameter_so_many_elements_are_drawn()
    {
        using var backend = new CpuBackend(2);
        using var network = new Network(backend, 30, [new Dense(20, Activation.Tanh), new Dense(3)], new SoftmaxCrossEntropy());
        var comparisons = GradientCheck.Run(network, TestData.Uniform(4 * 30, 1), TestData.Labels(4, 3, 2), most: 25);
        Assert.InRange(comparisons[0].Checked, 20, 25);
        Assert.Equal(3, comparisons[3].Checked);
        Assert.All(comparisons, comparison => Assert.True(comparison.Passes, $"{comparison}"));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.1f, 2f, 0f, 0.5f, 3f)]
    public void A_whole_classifier_has_the_gradients_of_its_loss(float labelSmoothing, params float[] classWeights)
    {
        using var backend = new CpuBackend(2);
        using var network = new Network(backend, 6,
            [new Dense(8, Activation.Relu), new Dropout(0.3f), new Dense(5, Activation.Tanh), new Dense(4)],
            new SoftmaxCrossEntropy(labelSmoothing, classWeights), seed: 5);
        var comparisons = GradientCheck.Run(network, TestData.Uniform(9 * 6, 1), TestData.Labels(9, 4, 2));
        Assert.Equal(6, comparisons.Count);
        Assert.All(comparisons, comparison => Assert.True(comparison.Passes, $"{comparison}"));
    }

    [Fact]
    public void A_whole_binary_network_has_the_gradients_of_its_loss()
    {
        using var backend = new CpuBackend(2);
        using var network = new Network(backend, 6,
            [new Dense(8, Activation.Sigmoid), new Dense(1, Activation.Sigmoid)], new BinaryCrossEntropy(), seed: 5);
        var comparisons = GradientCheck.Run(network, TestData.Uniform(9 * 6, 1), TestData.Labels(9, 2, 2));
        Assert.All(comparisons, comparison => Assert.True(comparison.Passes, $"{comparison}"));
    }

    [Fact]
    public void Corners_of_relu_are_left_out_and_counted()
    {
        using var backend = new CpuBackend(1);
        using var network = new Network(backend, 3, [new ActivationLayer(Activation.Relu)], null, 1, inputGradients: true);
        var input = Assert.Single(GradientCheck.RunLayers(network, [0f, 1f, -1f, 2f, 0f, 0.5f], TestData.Uniform(6, 3)));
        Assert.Equal(2, input.Kinks);
        Assert.Equal(4, input.Checked);
        Assert.True(input.Passes);
    }

    private static IReadOnlyList<GradientComparison> CheckLayer(Backend backend, Layer layer, int batch, int inputs)
    {
        using var network = new Network(backend, inputs, [layer], null, seed: 3, inputGradients: true);
        return GradientCheck.RunLayers(
            network, TestData.Uniform(batch * inputs, 1), TestData.Uniform(batch * network.Outputs, 2), step: 4);
    }

    private static Layer Make(string kind) => kind switch
    {
        "dense" => new Dense(3),
        "dense-relu" => new Dense(3, Activation.Relu),
        "dense-sigmoid" => new Dense(3, Activation.Sigmoid),
        "dense-tanh" => new Dense(3, Activation.Tanh),
        "dropout" => new Dropout(0.4f),
        _ => new ActivationLayer(LayerFormat.ParseActivation(kind)),
    };
}
