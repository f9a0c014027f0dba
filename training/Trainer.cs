using System.Diagnostics;
using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;
using ScratchNet.Training.Diagnosis;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training;

/// <summary>
/// Trains a network, step by step. Between two steps the whole state of a run is its weights, the optimizer's memory and a
/// few counters: order, dropout and distortions are functions of the seed and those counters, which is why a run can be
/// interrupted anywhere, saved (<see cref="Checkpoint"/>) and resumed to the same bits.
/// </summary>
public sealed class Trainer : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    // On a device that must be waited for, the phases of one step in so many are measured.
    private const int StepsAMeasurement = 32;

    private readonly TrainingBatches _batches;
    private readonly ValidationPart? _validation;
    private readonly List<EpochResult> _history = [];
    private readonly List<Rollback> _rollbacks = [];
    private readonly Stopwatch _clock = new();
    private readonly ModelWeights _weights;
    private bool _isReleased;
    private long _imagesThisSession;
    private TimeSpan _secondsThisSession;

    /// <summary>Uploads the data and makes everything ready for the first step.</summary>
    /// <param name="network">The network to train.</param>
    /// <param name="optimizer">Changes its parameters; its learning rate is the full rate of the schedule.</param>
    /// <param name="train">What to learn from.</param>
    /// <param name="validation">What to measure on after each epoch; may be left out.</param>
    /// <param name="options">How to train.</param>
    /// <param name="format">How pictures become inputs; left out, pixels from 0 to 1.</param>
    /// <exception cref="ShapeException">The network has not one input a pixel, or fewer classes than one of the data sets.</exception>
    /// <exception cref="ArgumentException">The options look at validation samples, and there are none.</exception>
    public Trainer(
        Network network,
        Optimizer optimizer,
        Dataset train,
        Dataset? validation = null,
        TrainingOptions? options = null,
        InputFormat? format = null)
    {
        Options = options ?? new TrainingOptions();
        Options.Validate();
        if (Options.NeedsValidation && validation is null)
        {
            throw new ArgumentException("Early stopping and the plateau schedule need validation samples.", nameof(validation));
        }

        NetworkTraining.CheckFit(network, train);
        if (validation is not null)
        {
            NetworkTraining.CheckFit(network, validation);
        }

        Network = network;
        Optimizer = optimizer;
        Dataset = train;
        Format = format ?? InputFormat.For(train);
        FullRate = optimizer.LearningRate;
        optimizer.Attach(network);
        _batches = new TrainingBatches(network, train, Format, Options);
        _validation = validation is null ? null : new ValidationPart(network, validation, Format);
        network.Plan(Math.Max(_batches.LargestDraw, _validation?.BatchSize ?? 1), _batches.LargestBatch);
        Metrics = new RunningMetrics(network.Backend);
        Clock = new StepClock(network.Backend);
        _weights = new ModelWeights(network, Options.AverageDecay);
    }

    /// <summary>The network being trained.</summary>
    public Network Network { get; }

    /// <summary>What changes its parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>What is learnt from.</summary>
    public Dataset Dataset { get; }

    /// <summary>How to train.</summary>
    public TrainingOptions Options { get; }

    /// <summary>How pictures become inputs.</summary>
    public InputFormat Format { get; }

    /// <summary>The learning rate that the schedule starts from.</summary>
    public float FullRate { get; }

    /// <summary>Epochs that are done.</summary>
    public int Epoch { get; private set; }

    /// <summary>Batches of the current epoch that are done.</summary>
    public int Batch { get; private set; }

    /// <summary>Batches in an epoch.</summary>
    public int Batches => _batches.Count;

    /// <summary>Whether every epoch is done, or early stopping has ended the run.</summary>
    public bool IsDone => IsStoppedEarly || Epoch >= Options.Epochs;

    /// <summary>Whether early stopping has ended the run: more epochs would not train it on.</summary>
    public bool IsStoppedEarly { get; private set; }

    /// <summary>The epoch, from 1, whose weights the model gets: the best one under early stopping, else the last one
    /// done.</summary>
    public int ModelEpoch => Options.EarlyStopping?.BestEpoch(_history) ?? Epoch;

    /// <summary>What every epoch so far came to.</summary>
    public IReadOnlyList<EpochResult> History => _history;

    /// <summary>What the validation samples were taken for after the last epoch; null before it, and without such
    /// samples.</summary>
    public ConfusionMatrix? Confusion => _validation?.Confusion;

    /// <summary>How often the run went back; each time its learning rate is halved.</summary>
    public IReadOnlyList<Rollback> Rollbacks => _rollbacks;

    /// <summary>Loss and hits of the current epoch so far, on the device.</summary>
    public RunningMetrics Metrics { get; }

    /// <summary>Where the time of the current epoch's steps goes; of the epoch that is done, until the next step.</summary>
    public StepClock Clock { get; }

    /// <summary>Time spent in the steps of the current epoch.</summary>
    public TimeSpan EpochTime { get; private set; }

    /// <summary>Called about ten times a second with how the run stands.</summary>
    public Action<TrainingProgress>? Progressed { get; set; }

    /// <summary>Called after every epoch.</summary>
    public Action<EpochResult>? EpochEnded { get; set; }

    /// <summary>Called after every step, and after <see cref="EpochEnded"/> when it was the last of an epoch.</summary>
    public Action? Stepped { get; set; }

    /// <summary>Trains until every epoch is done, or until told to stop, which it does between two steps.</summary>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Whether the run is done; false when it was stopped.</returns>
    /// <exception cref="NotFiniteException">A loss was not finite; the network has the weights of the last good epoch, if
    /// they are kept (<see cref="KeepsGoodWeights"/>).</exception>
    public bool Run(CancellationToken cancellation = default)
    {
        var nextReport = ProgressInterval;
        var session = Stopwatch.StartNew();
        while (!IsDone)
        {
            if (cancellation.IsCancellationRequested)
            {
                return false;
            }

            Step();
            if (session.Elapsed >= nextReport && Batch > 0)
            {
                nextReport = session.Elapsed + ProgressInterval;
                Report();
            }
        }

        return true;
    }

    /// <summary>Trains on one batch, and ends the epoch after its last one.</summary>
    /// <exception cref="NotFiniteException">A loss was not finite; seen at the end of an epoch at the latest.</exception>
    /// <exception cref="InvalidOperationException">The run is done.</exception>
    public void Step()
    {
        if (IsDone || _isReleased)
        {
            throw new InvalidOperationException("The run is done.");
        }

        _clock.Restart();
        if (Batch == 0)
        {
            BeginEpoch();
        }

        Optimizer.LearningRate = RateOf(FullRate, _rollbacks.Count, Options.Schedule,
            new ScheduleMoment(((long)Epoch * Batches) + Batch, Batches, Options.Epochs, _history));
        Clock.Start(worthWaiting: (Batches - 1 - Batch) % StepsAMeasurement == 0);
        var (x, labels) = _batches.Draw(Epoch, Batch, Optimizer.Steps + 1, Metrics, Clock);
        Network.TrainStep(x, labels, Optimizer, _batches.HasCandidates ? null : Metrics, Clock);
        _weights.Add(Optimizer.Steps);
        Clock.Mark(StepPhase.Update);
        Batch++;
        if (Batch == Batches)
        {
            // What was queued belongs to this epoch's time.
            Network.Backend.Synchronize();
        }

        EpochTime += _clock.Elapsed;
        _secondsThisSession += _clock.Elapsed;
        _imagesThisSession += _batches.DrawnBy(Batch - 1);
        if (Batch == Batches)
        {
            EndEpoch();
        }

        Stepped?.Invoke();
    }

    /// <summary>The rate of a step: the full one, halved at every rollback, times what the schedule says.</summary>
    internal static float RateOf(float fullRate, int rollbacks, LearningRateSchedule schedule, in ScheduleMoment moment) =>
        fullRate * MathF.ScaleB(1f, -rollbacks) * schedule.Factor(moment);

    /// <summary>Throws when a loss of this epoch was not finite: before the state of the run is saved.</summary>
    /// <exception cref="NotFiniteException">One was not; the network has the weights of the last good epoch, if they are
    /// kept.</exception>
    public void CheckFinite()
    {
        ReadFinite();
        CheckWeights();
    }

    /// <summary>Whether the network gets back the weights of the last good epoch when a value is not finite.</summary>
    public bool KeepsGoodWeights => _weights.KeepsGood;

    /// <summary>
    /// Gives back the memory of the weights of the last good epoch, for who has a checkpoint to go back to
    /// (<see cref="GoBack"/>). When a value is not finite from now on, the network is left as it is.
    /// </summary>
    public void ForgetGoodWeights() => _weights.ForgetGood();

    /// <summary>Goes back to a checkpoint of this same run.</summary>
    /// <param name="good">The checkpoint.</param>
    public void GoBack(Checkpoint good)
    {
        good.LoadWeights(Network);
        good.Restore(this);
    }

    /// <summary>
    /// Goes back to a checkpoint of this same run and halves the learning rate from there on; that a run did is part of its
    /// state.
    /// </summary>
    /// <param name="good">The checkpoint: best one at the end of an epoch, so that where it was saved does not depend on
    /// time.</param>
    /// <param name="badStep">The step at which a value was not finite.</param>
    public void RollBack(Checkpoint good, long badStep)
    {
        Rollback[] rollbacks = [.. _rollbacks, new Rollback(badStep, good.Epoch)];
        GoBack(good);
        _rollbacks.Clear();
        _rollbacks.AddRange(rollbacks);
    }

    /// <summary>
    /// Runs something while the network has the weights that the model gets: their average where one is kept
    /// (<see cref="TrainingOptions.AverageDecay"/>), those of the best epoch with early stopping, else simply its own. Models are
    /// saved and measured in here; afterwards training can go on.
    /// </summary>
    /// <param name="action">What to do.</param>
    public void UseModelWeights(Action action) => _weights.Use(action);

    /// <summary>
    /// Puts the run where a checkpoint was taken; the network has the model's weights, and the optimizer's state has been
    /// restored already.
    /// </summary>
    internal void Restore(
        int epoch, int batch, TimeSpan epochTime, IEnumerable<EpochResult> history, IEnumerable<Rollback> rollbacks,
        float[]? trained, float[]? average)
    {
        Epoch = epoch;
        Batch = batch;
        EpochTime = epochTime;
        _history.Clear();
        _history.AddRange(history);
        _rollbacks.Clear();
        _rollbacks.AddRange(rollbacks);
        IsStoppedEarly = Options.EarlyStopping?.IsOver(_history) ?? false;
        _weights.Restore(Options.EarlyStopping is not null && epoch > 0, trained, average);
        if (batch > 0)
        {
            _batches.Begin(Epoch);
        }
    }

    /// <summary>The samples of the step that is to come, as they will be then.</summary>
    internal (Tensor X, BufferView<byte> Labels) NextBatch()
    {
        _batches.Begin(Epoch);
        return _batches.Draw(Epoch, Batch, Optimizer.Steps + 1);
    }

    /// <summary>What a checkpoint needs beside the model's weights; see <see cref="ModelWeights.Others"/>.</summary>
    internal IEnumerable<TensorSource> OtherWeights(string trained, string average) => _weights.Others(trained, average);

    /// <summary>Gives the samples' memory back: the run is over. Its state can still be saved.</summary>
    public void ReleaseSamples()
    {
        _isReleased = true;
        _batches.Dispose();
        _validation?.Dispose();
    }

    /// <summary>
    /// Gives the memory back that only steps need, the optimizer's with it: the run is over. <see cref="UseModelWeights"/>, what
    /// was measured and the network stay.
    /// </summary>
    public void ReleaseSteps()
    {
        ReleaseSamples();
        Optimizer.Dispose();
    }

    /// <summary>Gives the data's memory back; network and optimizer stay, this one with its full learning rate.</summary>
    public void Dispose()
    {
        Optimizer.LearningRate = FullRate;
        _weights.Dispose();
        _batches.Dispose();
        _validation?.Dispose();
        Metrics.Dispose();
    }

    private void BeginEpoch()
    {
        Metrics.Reset();
        Clock.Reset();
        EpochTime = TimeSpan.Zero;
        _batches.Begin(Epoch);
    }

    private void EndEpoch()
    {
        var metrics = ReadFinite();
        CheckWeights();
        var validation = Validate();
        _weights.KeepGood();
        Epoch++;
        Batch = 0;
        var seconds = EpochTime.TotalSeconds;
        var result = new EpochResult(
            Epoch, metrics.Loss, metrics.Accuracy, validation?.Loss, validation?.Accuracy, seconds, Dataset.Count / seconds);
        _history.Add(result);
        if (Options.EarlyStopping is { } stopping)
        {
            IsStoppedEarly = stopping.IsOver(_history);
            if (ModelEpoch == Epoch)
            {
                _weights.KeepBest();
            }
        }

        EpochEnded?.Invoke(result);
    }

    private MetricValues? Validate()
    {
        MetricValues? values = null;
        if (_validation is not null)
        {
            _weights.UseAverage(() => values = _validation.Measure());
        }

        if (values is { FirstBadStep: not 0 })
        {
            _weights.GoBack();
            throw new NotFiniteException(Optimizer.Steps, Epoch, "the validation loss after");
        }

        return values;
    }

    private void Report()
    {
        var metrics = ReadFinite();
        var speed = _imagesThisSession / _secondsThisSession.TotalSeconds;
        var left = ((Options.Epochs - Epoch) * (double)Dataset.Count) - Metrics.Samples;
        Progressed?.Invoke(new TrainingProgress(
            Epoch + 1, Options.Epochs, Batch, Batches, metrics.Loss, metrics.Accuracy, speed, left / speed));
    }

    private MetricValues ReadFinite()
    {
        var metrics = Metrics.Read();
        if (metrics.FirstBadStep == 0)
        {
            return metrics;
        }

        _weights.GoBack();
        throw new NotFiniteException(metrics.FirstBadStep, Epoch);
    }

    /// <summary>The last step may have spoilt the weights, which no loss has seen yet.</summary>
    private void CheckWeights()
    {
        if (!NotFiniteSearch.IsFinite(Network))
        {
            _weights.GoBack();
            throw new NotFiniteException(Optimizer.Steps, Epoch, "a weight after");
        }
    }
}
