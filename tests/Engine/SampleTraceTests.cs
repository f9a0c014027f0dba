using ScratchNet.Engine;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Engine;

/// <summary>One sample's numbers, against central differences of the reference loops.</summary>
public sealed class SampleTraceTests : IDisposable
{
    private const double Step = 1e-5;
    private const double Tolerance = 2e-5;

    private readonly CpuBackend _backend = new(1);
    private readonly float[] _x = [0.3f, -0.7f, 1.1f];

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Gradients_of_the_loss_agree_with_differences()
    {
        using var network = MakeNetwork();
        var trace = SampleTrace.OfLoss(network, _x, 1);
        Assert.Equal(Loss(network, Wide(_x), null), trace.Loss, 1e-5);
        AssertNear(Differences(_x.Length, (i, h) => Loss(network, Moved(_x, i, h), null)), trace.InputGradient);
        for (var i = 0; i < network.Layers.Count; i++)
        {
            var layer = network.Layers[i];
            if (layer is Dense dense)
            {
                AssertNear(Differences(dense.Weights.Count,
                    (j, h) => Loss(network, Wide(_x), (dense.Weights, j, h))), trace.Layers[i].Dw);
                AssertNear(Differences(dense.Bias.Count,
                    (j, h) => Loss(network, Wide(_x), (dense.Bias, j, h))), trace.Layers[i].Dz);
            }

            Assert.Equal(i == 0 ? _x : trace.Layers[i - 1].Y, trace.Layers[i].X);
            Assert.Equal(i + 1 == network.Layers.Count ? trace.Layers[i].Dy : trace.Layers[i + 1].Dx, trace.Layers[i].Dy);
        }
    }

    [Fact]
    public void An_activation_in_front_lets_the_gradient_through_by_its_slope()
    {
        using var network = new Network(
            _backend, 3, [new ActivationLayer(Activation.Tanh), new Dense(2)], new SoftmaxCrossEntropy(), seed: 11);
        var trace = SampleTrace.OfLoss(network, _x, 1);
        AssertNear(Differences(_x.Length, (i, h) => Loss(network, Moved(_x, i, h), null)), trace.InputGradient);
        Assert.Equal(trace.Layers[0].Dx, trace.Layers[0].Dz);
        Assert.NotEqual(trace.Layers[0].Dy, trace.Layers[0].Dz);
    }

    [Fact]
    public void Gradients_of_a_difference_of_scores_agree_with_differences()
    {
        using var network = MakeNetwork();
        var trace = SampleTrace.OfScores(network, _x, [1, 0, -1]);
        double Difference(double[] x)
        {
            var scores = Scores(network, x, null);
            return scores[0] - scores[2];
        }

        AssertNear(Differences(_x.Length, (i, h) => Difference(Moved(_x, i, h))), trace.InputGradient);
        Assert.True(double.IsNaN(trace.Loss));
    }

    [Fact]
    public void A_sample_of_another_size_is_refused()
    {
        using var network = MakeNetwork();
        Assert.Throws<ShapeException>(() => SampleTrace.OfLoss(network, [1f, 2f], 0));
    }

    /// <summary>Dropout first and between: it is off here, and lets gradients through.</summary>
    private Network MakeNetwork() => new(_backend, 3,
        [new Dropout(0.5f), new Dense(5, Activation.Tanh), new Dropout(0.5f), new ActivationLayer(Activation.Sigmoid),
            new Dense(3)],
        new SoftmaxCrossEntropy(), seed: 11);

    private static double Loss(Network network, double[] x, (Parameter Parameter, int Index, double H)? nudge) =>
        network.Loss.ComputeReference(Scores(network, x, nudge), [1]);

    private static double[] Scores(Network network, double[] x, (Parameter Parameter, int Index, double H)? nudge)
    {
        foreach (var layer in network.Layers)
        {
            var parameters = layer.Parameters.Select(parameter =>
            {
                var values = Wide(parameter.Values.ToArray());
                if (nudge is { } known && known.Parameter == parameter)
                {
                    values[known.Index] += known.H;
                }

                return values;
            }).ToArray();
            x = layer.ForwardReference(x, 1, parameters, new Pass(Training: false, network.Seed, 0));
        }

        return x;
    }

    private static double[] Differences(int count, Func<int, double, double> function) =>
        [.. Enumerable.Range(0, count).Select(i => (function(i, Step) - function(i, -Step)) / (2 * Step))];

    private static double[] Moved(float[] x, int index, double h)
    {
        var moved = Wide(x);
        moved[index] += h;
        return moved;
    }

    private static double[] Wide(float[] values) => Array.ConvertAll(values, value => (double)value);

    private static void AssertNear(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        Assert.True(scale > 0, "gradients of zero show nothing");
        Assert.All(expected.Zip(actual), pair => Assert.InRange(
            pair.Second, pair.First - (Tolerance * scale), pair.First + (Tolerance * scale)));
    }
}
