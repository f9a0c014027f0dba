using ScratchNet.Cli.Output;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Diagnosis;

namespace ScratchNet.Cli.Studio.Train;

/// <summary>A run of the Train page: the trainer that <c>scratchnet train</c> has, with what the page shows of it.</summary>
internal sealed class TrainRun : IDisposable
{
    private readonly Optimizer _optimizer;
    private readonly Trainer _trainer;
    private readonly Backend _backend;
    private (long Samples, double Loss, double Correct) _seen;
    private (long Samples, double Loss, double Correct) _pending;

    /// <summary>Prepares a run; its first weights are drawn.</summary>
    /// <param name="backend">Where to train.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="data">On what.</param>
    public TrainRun(Backend backend, TrainingPlan plan, DatasetPair data)
    {
        (_backend, Plan, Data) = (backend, plan, data);
        var (train, validation) = plan.Split(data.Train);
        Validation = validation;
        Model = TrainedModel.Of(plan.BuildNetwork(backend, data.Train), data.Train, plan.Format(data.Train));
        _optimizer = plan.BuildOptimizer();
        _trainer = new Trainer(Model.Network, _optimizer, train, validation, plan.Options, Model.Format);
        Probe = new LayerProbe(Model.Network, data.Train, Model.Format);
        Start = Fingerprints.Of(Model.Network.CopyWeights());
    }

    /// <summary>How it trains.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>On what.</summary>
    public DatasetPair Data { get; }

    /// <summary>What it is watched on; null when nothing is held out.</summary>
    public Dataset? Validation { get; }

    /// <summary>The network with all that is needed to use it.</summary>
    public TrainedModel Model { get; }

    /// <summary>Measures its layers.</summary>
    public LayerProbe Probe { get; }

    /// <summary>The hash of the first weights.</summary>
    public string Start { get; }

    /// <summary>The curve so far.</summary>
    public Curve Curve { get; } = new();

    /// <summary>Steps made.</summary>
    public long Step => _optimizer.Steps;

    /// <summary>Whether every epoch is done.</summary>
    public bool IsDone => _trainer.IsDone;

    /// <summary>Epochs that are done.</summary>
    public int Epoch => _trainer.Epoch;

    /// <summary>Batches of the current epoch that are done.</summary>
    public int Batch => _trainer.Batch;

    /// <summary>Batches in an epoch.</summary>
    public int Batches => _trainer.Batches;

    /// <summary>What every epoch came to.</summary>
    public IReadOnlyList<EpochResult> History => _trainer.History;

    /// <summary>Pictures that are learnt from.</summary>
    public int TrainingPictures => _trainer.Dataset.Count;

    /// <summary>Makes a step.</summary>
    public void MakeStep()
    {
        _trainer.Step();
        if (_trainer.Batch == 0)
        {
            // The totals begin anew. What the epoch's last steps came to waits for more: few steps make a noisy point.
            ReadTotals();
            _seen = default;
        }
    }

    /// <summary>Puts what the steps since the last call came to into the curve; waits for the device.</summary>
    /// <param name="isRest">Whether the run has come to a halt before enough steps for a point of the curve.</param>
    /// <exception cref="FailureException">A loss was not finite.</exception>
    public void Read(bool isRest = false)
    {
        // At the end of an epoch everything has been read, and the totals stay until the next one begins.
        if (_trainer.Batch > 0)
        {
            ReadTotals();
        }

        if (_pending.Samples > 0)
        {
            Action<long, long, double, double> add = isRest ? Curve.AddRest : Curve.Add;
            add(Step, _pending.Samples, _pending.Loss, _pending.Correct);
            _pending = default;
        }
    }

    /// <summary>The hash of the weights as they are.</summary>
    public string Fingerprint() => Fingerprints.Of(Model.Network.CopyWeights());

    /// <summary>Saves model and checkpoint, so that <c>train --resume</c> can go on.</summary>
    /// <exception cref="IOException">They can't be written.</exception>
    public void Save(RunFiles files)
    {
        files.Prepare();
        SaveModel(files.Model);
        SaveCheckpoint(files.Checkpoint);
    }

    /// <summary>Saves the model.</summary>
    public void SaveModel(string path) => _trainer.UseModelWeights(() => Model.Save(path));

    /// <summary>What the model gets wrong of the validation pictures; null when nothing is held out.</summary>
    public Mistakes? FindMistakes()
    {
        Mistakes? mistakes = null;
        if (Validation is { } pictures)
        {
            _trainer.UseModelWeights(() => mistakes = Mistakes.Find(Model, pictures));
        }

        return mistakes;
    }

    /// <summary>Saves everything that is needed to go on.</summary>
    public void SaveCheckpoint(string path) =>
        Checkpoint.Save(_trainer, Model, path, RunRecord.Write(Plan, _backend.Device.Id));

    /// <summary>The network in a few words, such as <c>784-128-10, 101,770 parameters</c>.</summary>
    public string Describe() =>
        $"{NetworkLines.Shape(Model.Network)}, {Figures.Count(Model.Network.ParameterCount)} parameters";

    public void Dispose()
    {
        Probe.Dispose();
        _trainer.Dispose();
        _optimizer.Dispose();
        Model.Dispose();
    }

    private void ReadTotals()
    {
        var metrics = _trainer.Metrics.Read();
        if (metrics.FirstBadStep != 0)
        {
            throw new FailureException(new NotFiniteException(metrics.FirstBadStep, _trainer.Epoch).Message);
        }

        var (samples, loss, correct) = _seen;
        _seen = (metrics.Samples, metrics.Loss * metrics.Samples, metrics.Accuracy * metrics.Samples);
        _pending.Samples += _seen.Samples - samples;
        _pending.Loss += _seen.Loss - loss;
        _pending.Correct += _seen.Correct - correct;
    }
}
