using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>What one training step did to one value of a parameter.</summary>
/// <param name="Before">The value before the step.</param>
/// <param name="Gradient">Its gradient, as backpropagation left it.</param>
/// <param name="Applied">The gradient that the optimizer went by: another one only where the norm is clipped.</param>
/// <param name="StateBefore">The optimizer's memory of it before the step, in the order of <see cref="Optimizer.State"/>.</param>
/// <param name="StateAfter">The same after the step.</param>
/// <param name="After">The value after the step.</param>
public sealed record ValueStep(float Before, float Gradient, float Applied, float[] StateBefore, float[] StateAfter, float After);

/// <summary>One real training step on one sample, with everything that was computed on the way kept on the host.</summary>
public sealed class StepTrace
{
    private readonly Network _network;
    private readonly float[] _before;
    private readonly float[] _gradients;
    private readonly float[] _applied;
    private readonly float[][] _stateBefore;
    private readonly float[][] _stateAfter;
    private readonly float[] _after;

    private StepTrace(Network network, Optimizer optimizer, float[] x, byte label)
    {
        _network = network;
        using var labels = network.Backend.Share([label]);
        using var metrics = new RunningMetrics(network.Backend);
        var input = Tensor.Allocate(network.Backend, 1, network.Inputs);
        using (input.View.Buffer)
        {
            input.CopyFrom(x);
            optimizer.Attach(network);
            (_before, _stateBefore, Number) = (network.CopyWeights(), Memory(optimizer), optimizer.Steps + 1);
            Sample = SampleTrace.OfLoss(network, x, label, Number);
            _gradients = network.Store.Gradients.ToArray();
            Z = [.. Sample.Layers.Select(BeforeActivation)];
            Probabilities = ProbabilitiesOf(Sample.Scores);
            network.TrainStep(input, labels.View, optimizer, metrics);
            (_applied, _after, _stateAfter) = (network.Store.Gradients.ToArray(), network.CopyWeights(), Memory(optimizer));
            var scores = network.Forward(input, training: true, Number);
            ProbabilitiesAfter = ProbabilitiesOf(scores.ToArray());
            network.Loss.Compute(network.Backend, scores, labels.View);
            LossAfter = network.Loss.Losses.Slice(0, 1).ToArray()[0];
        }
    }

    /// <summary>The step's number in the optimizer's count, from 1; what dropout drops depends on it.</summary>
    public long Number { get; }

    /// <summary>The sample's way through the layers and its gradient's way back, before the step.</summary>
    public SampleTrace Sample { get; }

    /// <summary>For every dense layer x·w + b before the activation, 1 x outputs; for others nothing.</summary>
    public IReadOnlyList<float[]> Z { get; }

    /// <summary>The probabilities before the step, 1 x outputs.</summary>
    public float[] Probabilities { get; }

    /// <summary>The same sample's loss after the step, with the same values dropped as before it.</summary>
    public double LossAfter { get; }

    /// <summary>The same sample's probabilities after the step, 1 x outputs.</summary>
    public float[] ProbabilitiesAfter { get; }

    /// <summary>
    /// How the loss would change if it were as straight as the gradients say: the sum over all parameters of gradient times
    /// change. What the loss does beyond that is its curvature.
    /// </summary>
    public double ForetoldChange => _gradients.Select((gradient, i) => gradient * ((double)_after[i] - _before[i])).Sum();

    /// <summary>Makes the step: forward, loss, backward, update; with dropout, where the network has it.</summary>
    /// <param name="network">The network; changed by the step.</param>
    /// <param name="optimizer">Changes it.</param>
    /// <param name="x">The sample, 1 x inputs.</param>
    /// <param name="label">Its class.</param>
    /// <exception cref="ShapeException">The sample has another number of features.</exception>
    public static StepTrace Run(Network network, Optimizer optimizer, float[] x, byte label) =>
        new(network, optimizer, x, label);

    /// <summary>What the step did to one value.</summary>
    /// <param name="parameter">One of the network's parameters.</param>
    /// <param name="index">Which of its values.</param>
    public ValueStep Of(Parameter parameter, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)parameter.Count);
        var place = parameter.Values.View.Offset + index;
        var layer = Sample.Layers.First(trace => trace.Layer.Parameters.Contains(parameter));
        var gradient = parameter.IsBias ? layer.Dz[index] : layer.Dw[index];
        return new ValueStep(_before[place], gradient, _applied[place], [.. _stateBefore.Select(values => values[place])],
            [.. _stateAfter.Select(values => values[place])], _after[place]);
    }

    /// <summary>The values of a parameter before the step.</summary>
    /// <param name="parameter">One of the network's parameters.</param>
    public ReadOnlySpan<float> Values(Parameter parameter) => _before.AsSpan(parameter.Values.View.Offset, parameter.Count);

    private float[] ProbabilitiesOf(float[] scores)
    {
        var probabilities = new float[scores.Length];
        _network.Loss.ToProbabilities(scores, probabilities, 1);
        return probabilities;
    }

    private static float[][] Memory(Optimizer optimizer) => [.. optimizer.State.Select(state => state.Buffer.View.ToArray())];

    /// <summary>
    /// Training fuses the activation into the product, so z is never stored: the same product once more, without it.
    /// </summary>
    private float[] BeforeActivation(LayerTrace trace)
    {
        if (trace.Layer is not Dense dense)
        {
            return [];
        }

        var (backend, z) = (_network.Backend, Tensor.Allocate(_network.Backend, 2, Math.Max(dense.Inputs, dense.Outputs)));
        using (z.View.Buffer)
        {
            var (x, y) = (z.View.Slice(0, dense.Inputs), z.View.Slice(z.Columns, dense.Outputs));
            x.CopyFrom(trace.X);
            MatMulSpec.Operation.Run(backend, new MatMulCall(
                x, dense.Weights.Values.View, y, 1, dense.Outputs, dense.Inputs, Bias: dense.Bias.Values.View));
            return y.ToArray();
        }
    }
}
