using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Engine;

namespace ScratchNet.Tests.Engine;

/// <summary>
/// Training of a ReLU classifier by Adam, written once more with MathNet matrices in double precision and nothing of the
/// engine but its first weights: what the engine's losses are compared with.
/// </summary>
internal sealed class MathNetTraining
{
    private const double Rate = 1e-3;
    private const double Beta1 = 0.9f;
    private const double Beta2 = 0.999f;
    private const double Epsilon = 1e-8;

    private readonly Matrix<double>[] _weights;
    private readonly Matrix<double>[] _firstMoments;
    private readonly Matrix<double>[] _secondMoments;
    private int _step;

    /// <summary>Starts from a network's weights: weights and bias of each dense layer in turn.</summary>
    public MathNetTraining(Network network)
    {
        _weights = [.. network.Parameters.Select(parameter => Matrix<double>.Build.DenseOfRowMajor(
            parameter.Rows, parameter.Columns, parameter.Values.ToArray().Select(value => (double)value)))];
        _firstMoments = [.. _weights.Select(w => Matrix<double>.Build.Dense(w.RowCount, w.ColumnCount))];
        _secondMoments = [.. _weights.Select(w => Matrix<double>.Build.Dense(w.RowCount, w.ColumnCount))];
    }

    /// <summary>One step on a batch; returns the mean loss before it.</summary>
    public double Step(Matrix<double> x, byte[] labels)
    {
        var layers = _weights.Length / 2;
        var activations = new List<Matrix<double>> { x };
        for (var layer = 0; layer < layers; layer++)
        {
            var z = (activations[layer] * _weights[2 * layer])
                + (Matrix<double>.Build.Dense(x.RowCount, 1, 1.0) * _weights[(2 * layer) + 1]);
            activations.Add(layer < layers - 1 ? z.PointwiseMaximum(0) : z);
        }

        var exponentials = activations[^1].PointwiseExp();
        var probabilities = exponentials.PointwiseDivide(
            exponentials.RowSums().ToColumnMatrix() * Matrix<double>.Build.Dense(1, exponentials.ColumnCount, 1.0));
        var loss = labels.Select((label, i) => -Math.Log(probabilities[i, label])).Average();
        var delta = probabilities - Matrix<double>.Build.Dense(
            x.RowCount, probabilities.ColumnCount, (i, j) => labels[i] == j ? 1 : 0);
        delta /= x.RowCount;
        var gradients = new Matrix<double>[_weights.Length];
        for (var layer = layers - 1; layer >= 0; layer--)
        {
            gradients[2 * layer] = activations[layer].TransposeThisAndMultiply(delta);
            gradients[(2 * layer) + 1] = delta.ColumnSums().ToRowMatrix();
            delta = (delta * _weights[2 * layer].Transpose())
                .PointwiseMultiply(activations[layer].Map(value => value > 0 ? 1.0 : 0.0));
        }

        Adam(gradients);
        return loss;
    }

    private void Adam(Matrix<double>[] gradients)
    {
        _step++;
        for (var i = 0; i < gradients.Length; i++)
        {
            _firstMoments[i] = (Beta1 * _firstMoments[i]) + ((1 - Beta1) * gradients[i]);
            _secondMoments[i] = (Beta2 * _secondMoments[i]) + ((1 - Beta2) * gradients[i].PointwisePower(2));
            var m = _firstMoments[i] / (1 - Math.Pow(Beta1, _step));
            var v = _secondMoments[i] / (1 - Math.Pow(Beta2, _step));
            _weights[i] -= Rate * m.PointwiseDivide(v.PointwiseSqrt() + Epsilon);
        }
    }
}
