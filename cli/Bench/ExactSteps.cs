using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>
/// What the first training step makes of a network, in double precision: dense layers with ReLU between them, softmax
/// cross-entropy, and Adam as it is by default.
/// </summary>
/// <param name="layers">Features before the first layer and after each.</param>
/// <param name="start">Weights (inputs x outputs) and bias of each layer, first to last, before the step.</param>
/// <param name="x">The batch, batch x inputs.</param>
/// <param name="labels">The right class of each row.</param>
/// <param name="cancel">Stops between two products.</param>
internal sealed class ExactSteps(
    IReadOnlyList<int> layers, IReadOnlyList<float[]> start, float[] x, byte[] labels, CancellationToken cancel)
{
    private readonly double[][] _parameters = [.. start.Select(Workbench.Wide)];

    /// <summary>What comes into each layer, batch x its inputs.</summary>
    private readonly double[][] _inputs = new double[layers.Count - 1][];

    private int Batch => labels.Length;

    /// <summary>The mean loss of the batch in the first step and, with the parameters that it leaves, in the second.</summary>
    public (double First, double Second) Losses()
    {
        var (first, dz) = Forward();
        Update(dz);
        return (first, Forward().Loss);
    }

    /// <summary>The loss, and its gradient by the scores.</summary>
    private (double Loss, double[] Gradient) Forward()
    {
        var y = Workbench.Wide(x);
        for (var layer = 0; layer < _inputs.Length; layer++)
        {
            _inputs[layer] = y;
            var outputs = layers[layer + 1];
            y = MatMulBench.Exact(new BenchShape(Batch, outputs, layers[layer]), y, Weights(layer), [], cancel);
            var last = layer + 1 == _inputs.Length;
            for (var i = 0; i < y.Length; i++)
            {
                y[i] = ActivationReference.Value(y[i] + Bias(layer)[i % outputs], last ? Activation.None : Activation.Relu);
            }
        }

        var (losses, gradient) = (new double[Batch], new double[y.Length]);
        SoftmaxCrossEntropyReference.Compute<double>(y, labels, gradient, losses, new double[Batch], Batch, layers[^1], 0);
        return (losses.Average(), gradient);
    }

    /// <summary>Backward, last layer first: dw = xᵀ·dz, db is the sum of dz's rows, and dx = dz·wᵀ with the w before the step.</summary>
    private void Update(double[] dz)
    {
        for (var layer = _inputs.Length - 1; layer >= 0; layer--)
        {
            var (inputs, outputs, before) = (layers[layer], layers[layer + 1], _inputs[layer]);
            var dw = MatMulBench.Exact(new BenchShape(inputs, outputs, Batch, TransposeA: true), before, dz, [], cancel);
            var db = new double[outputs];
            ColumnSumsReference.Compute<double>(dz, db, Batch, outputs);
            if (layer > 0)
            {
                dz = MatMulBench.Exact(new BenchShape(Batch, inputs, outputs, TransposeB: true), dz, Weights(layer), [], cancel);
                ActivationReference.Backward<double>(before, dz, dz, Activation.Relu);
            }

            Step(Weights(layer), dw);
            Step(Bias(layer), db);
        }
    }

    private static void Step(double[] w, double[] g)
    {
        var call = new AdamCall(default, default, default, default, w.Length, Step: 1);
        AdamReference.Compute(
            w, g, new double[w.Length], new double[w.Length], (double)call.StepSize, call.RootScale, call.Beta1, call.Beta2,
            call.Epsilon, call.CoupledDecay, call.Shrink);
    }

    private double[] Weights(int layer) => _parameters[2 * layer];

    private double[] Bias(int layer) => _parameters[(2 * layer) + 1];
}
