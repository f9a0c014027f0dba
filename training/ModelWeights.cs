using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;

namespace ScratchNet.Training;

/// <summary>
/// Which weights the model gets. While a network is trained its own weights run ahead; the model has their average, where one is
/// kept, and with early stopping those of the best epoch. This class keeps them beside the network, and the last that were
/// finite.
/// </summary>
internal sealed class ModelWeights : IDisposable
{
    private readonly Network _network;
    private readonly WeightAverage? _average;
    private readonly int _length;
    private float[]? _good;
    private float[]? _goodAverage;
    private float[]? _best;
    private float[]? _trained;
    private bool _isLent;

    /// <summary>Begins with the weights that the network has.</summary>
    /// <param name="network">The network.</param>
    /// <param name="averageDecay">Decay of the average; 0 for none.</param>
    public ModelWeights(Network network, float averageDecay)
    {
        _network = network;
        _average = averageDecay > 0 ? new WeightAverage(network, averageDecay) : null;
        _good = network.CopyWeights();
        _goodAverage = _average?.CopyWeights();
        _length = _good.Length;
    }

    /// <summary>Whether there are weights to go back to.</summary>
    public bool KeepsGood => _good is not null;

    /// <summary>
    /// What the model's weights do not tell, where they are others than those that are trained: these, and the average where the
    /// model has neither. To be asked for and read in <see cref="Use"/>.
    /// </summary>
    /// <param name="trained">What to call the weights that are trained.</param>
    /// <param name="average">What to call the average.</param>
    public IEnumerable<TensorSource> Others(string trained, string average) => (_average, _best) switch
    {
        (null, null) => [],

        // Exchanged with the network's, the average's memory has the weights that are trained.
        ({ } exchanged, null) => [Whole(trained, exchanged.Read)],
        (null, { }) => [Whole(trained, reader => reader(_trained))],
        ({ } kept, { }) => [Whole(trained, reader => reader(_trained)), Whole(average, kept.Read)],
    };

    /// <summary>Takes the weights that a step left into the average.</summary>
    /// <param name="step">The step, from 1.</param>
    public void Add(long step) => _average?.Add(step);

    /// <summary>Runs something while the network has the averaged weights: how it is validated.</summary>
    public void UseAverage(Action action)
    {
        CheckNotLent();
        _average?.Swap();
        Lend(action, () => _average?.Swap());
    }

    /// <summary>Runs something while the network has the weights that the model gets.</summary>
    public void Use(Action action)
    {
        if (_best is null)
        {
            UseAverage(action);
            return;
        }

        CheckNotLent();
        Copy(ref _trained);
        _network.SetWeights(_best);
        Lend(action, () => _network.SetWeights(_trained!));
    }

    /// <summary>Notes the present weights as those of the best epoch.</summary>
    public void KeepBest() => UseAverage(() => Copy(ref _best));

    /// <summary>Notes that the present weights are finite.</summary>
    public void KeepGood()
    {
        if (_good is not null)
        {
            _network.CopyWeights(_good);
            _average?.CopyWeights(_goodAverage!);
        }
    }

    /// <summary>Lets go of the weights that were noted as finite, and notes no more.</summary>
    public void ForgetGood() => (_good, _goodAverage) = (null, null);

    /// <summary>Goes back to the last weights that were noted as finite, if there are any.</summary>
    public void GoBack()
    {
        if (_good is not null)
        {
            _network.SetWeights(_good);
            _average?.SetWeights(_goodAverage!);
        }
    }

    /// <summary>Goes on with what a checkpoint holds. The network has the weights of the model.</summary>
    /// <param name="hasBest">Whether those are the weights of the best epoch.</param>
    /// <param name="trained">The weights that are trained; null when they are the model's.</param>
    /// <param name="average">The average; null without one, or when it is the model's weights.</param>
    public void Restore(bool hasBest, float[]? trained, float[]? average)
    {
        if (hasBest)
        {
            Copy(ref _best);
        }
        else
        {
            _best = null;
        }

        _average?.SetWeights(average ?? _network.CopyWeights());
        if (trained is not null)
        {
            _network.SetWeights(trained);
        }

        KeepGood();
    }

    /// <summary>Gives the average's memory back.</summary>
    public void Dispose() => _average?.Dispose();

    private TensorSource Whole(string name, Action<ValueReader<float>> read) => new(name, [_length], read);

    private void CheckNotLent()
    {
        if (_isLent)
        {
            throw new InvalidOperationException("The network has the model's weights already.");
        }
    }

    private void Lend(Action action, Action takeBack)
    {
        _isLent = true;
        try
        {
            action();
        }
        finally
        {
            takeBack();
            _isLent = false;
        }
    }

    private void Copy(ref float[]? weights)
    {
        weights ??= new float[_length];
        _network.CopyWeights(weights);
    }
}
