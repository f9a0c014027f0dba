using ScratchNet.Engine;
using ScratchNet.Training.Data;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training;

/// <summary>
/// Several models that answer together: the mean of their probabilities decides (Hansen and Salamon, "Neural Network
/// Ensembles", IEEE PAMI 12, 1990). Models are added one after another, and may be disposed as soon as they are.
/// </summary>
/// <param name="dataset">What to measure on.</param>
public sealed class Ensemble(Dataset dataset)
{
    private readonly List<TrainedModel> _members = [];

    // The logarithm of each sum of probabilities: most of a wrong class are too small for a float.
    private double[] _logSums = [];

    /// <summary>Measures a model, and takes its answers into the ensemble's.</summary>
    /// <param name="model">The model.</param>
    /// <returns>How the model does alone.</returns>
    /// <exception cref="ShapeException">
    /// It does not fit the data, or not the models before it: other classes or another input.
    /// </exception>
    public EvaluationResult Add(TrainedModel model)
    {
        CheckAgreement(model);
        var alone = model.Evaluate(dataset);
        Join(model);
        _members.Add(model);
        return alone;
    }

    /// <summary>Measures all models together. The loss is the mean of -log of the mean probability of the right class.</summary>
    /// <exception cref="InvalidOperationException">No model was added.</exception>
    public EvaluationResult Evaluate()
    {
        if (_members.Count == 0)
        {
            throw new InvalidOperationException("Add a model first.");
        }

        var classes = _members[0].ClassNames.Count;
        var labels = dataset.Labels.Span;
        var confusion = new ConfusionMatrix(classes);
        var loss = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = _logSums.AsSpan(i * classes, classes);
            confusion.Add(labels[i], MaximumIndex(row));
            loss -= row[labels[i]] - Math.Log(_members.Count);
        }

        return new EvaluationResult(loss / labels.Length, confusion.Accuracy, confusion);
    }

    private static int MaximumIndex(ReadOnlySpan<double> row)
    {
        var best = 0;
        for (var j = 1; j < row.Length; j++)
        {
            best = row[j] > row[best] ? j : best;
        }

        return best;
    }

    private void CheckAgreement(TrainedModel model)
    {
        if (_members.Count == 0)
        {
            return;
        }

        var first = _members[0];
        if ((model.Format.Height, model.Format.Width) != (first.Format.Height, first.Format.Width))
        {
            throw new ShapeException($"The model takes pictures of {model.Format.Height}x{model.Format.Width}, but those before "
                + $"it {first.Format.Height}x{first.Format.Width}: an ensemble needs one input.");
        }

        if (!model.ClassNames.SequenceEqual(first.ClassNames))
        {
            throw new ShapeException($"The model tells {string.Join(", ", model.ClassNames)} apart, but those before it "
                + $"{string.Join(", ", first.ClassNames)}: an ensemble needs the same classes in the same order.");
        }
    }

    private void Join(TrainedModel model)
    {
        var (network, classes) = (model.Network, model.ClassNames.Count);
        if (_logSums.Length == 0)
        {
            _logSums = new double[dataset.Count * classes];
            _logSums.AsSpan().Fill(double.NegativeInfinity);
        }

        using var data = new DeviceDataset(network.Backend, dataset, model.Format, NetworkTraining.EvaluationBatch);
        var (place, logs) = (0, new double[classes]);
        for (var batch = 0; batch < data.Batches; batch++)
        {
            foreach (var scores in network.Forward(data.Gather(batch).X).ToArray().Chunk(network.Outputs))
            {
                LogProbabilities(scores, logs);
                foreach (var log in logs)
                {
                    _logSums[place] = LogOfSum(_logSums[place], log);
                    place++;
                }
            }
        }
    }

    /// <summary>Logarithms of the probabilities of a sample's classes.</summary>
    /// <param name="scores">Its row of the network's outputs: one a class, or that of class 1 alone, against 0.</param>
    /// <param name="logs">Receives them, one a class.</param>
    private static void LogProbabilities(float[] scores, double[] logs)
    {
        var sum = double.NegativeInfinity;
        for (var j = 0; j < logs.Length; j++)
        {
            logs[j] = scores.Length == logs.Length ? scores[j] : j * scores[0];
            sum = LogOfSum(sum, logs[j]);
        }

        for (var j = 0; j < logs.Length; j++)
        {
            logs[j] -= sum;
        }
    }

    /// <summary>log(e^a + e^b), of which b is finite.</summary>
    private static double LogOfSum(double a, double b) => Math.Max(a, b) + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));
}
