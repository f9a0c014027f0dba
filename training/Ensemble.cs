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
    private double[] _sums = [];

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
        AddProbabilities(model);
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
            var row = _sums.AsSpan(i * classes, classes);
            confusion.Add(labels[i], MaximumIndex(row));
            loss -= Math.Log(row[labels[i]] / _members.Count);
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

    private void AddProbabilities(TrainedModel model)
    {
        var (network, classes) = (model.Network, model.ClassNames.Count);
        if (_sums.Length == 0)
        {
            _sums = new double[dataset.Count * classes];
        }

        using var data = new DeviceDataset(network.Backend, dataset, model.Format, NetworkTraining.EvaluationBatch);
        var place = 0;
        for (var batch = 0; batch < data.Batches; batch++)
        {
            var scores = network.Forward(data.Gather(batch).X);
            var probabilities = new float[scores.Count];
            network.Loss.ToProbabilities(scores.ToArray(), probabilities, scores.Rows);
            foreach (var probability in probabilities)
            {
                // A network of one output gives the probability of class 1.
                if (network.Outputs == 1)
                {
                    _sums[place++] += 1 - (double)probability;
                }

                _sums[place++] += probability;
            }
        }
    }
}
