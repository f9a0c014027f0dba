using ScratchNet.Cli.Output;
using ScratchNet.Cli.Runs.Observers;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>
/// A run of <c>train</c>: from what was asked for to the saved model. What is shown and written on the way is the business
/// of its observers.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly RunContext _run;
    private readonly TrainingView _view;
    private readonly RunObserver[] _observers;

    private TrainingRun(RunContext run)
    {
        _run = run;
        _view = TrainingView.For(run);
        _observers = [.. Observers()];
        run.Trainer.Progressed = progress => Tell(observer => observer.Progressed(progress));
        run.Trainer.EpochEnded = epoch => Tell(observer => observer.EpochEnded(epoch));
    }

    /// <summary>How the model did on the test part; null until then.</summary>
    public EvaluationResult? Result { get; private set; }

    /// <summary>Time spent training.</summary>
    public double Seconds => _run.Seconds;

    /// <summary>Where the run's files are.</summary>
    public RunFiles Files => _run.Files;

    /// <summary>Prepares a new run, or one that goes on.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="terminal">Where to tell.</param>
    /// <param name="cancellation">Stops a download.</param>
    public static TrainingRun Start(TrainRequest request, Terminal terminal, CancellationToken cancellation)
    {
        if (request.Resume is { } path)
        {
            var file = RunFiles.FindCheckpoint(path);
            var checkpoint = Checkpoint.Read(file);
            var (plan, device) = RunRecord.Read(checkpoint, path, request);
            var files = request is { Run: null, Output: null } ? RunFiles.Beside(file) : RunFiles.ForNew(request, "");
            return Open(request with { Device = request.Device ?? device }, plan, terminal, files, checkpoint, cancellation);
        }

        var source = DataSource.Of(request.Dataset, request.Data, DatasetCatalog.Bundled.Name) with { IsStreamed = request.IsStreamed };
        return Open(request, TrainingPlan.Read(source, request.Given.GetValueOrDefault), terminal, null, null, cancellation);
    }

    /// <summary>Trains, measures and saves.</summary>
    /// <param name="cancellation">Stops between two steps, with a checkpoint.</param>
    /// <returns>The exit code.</returns>
    public int Train(CancellationToken cancellation)
    {
        try
        {
            if (!_view.Show(() => _run.Trainer.Run(cancellation)))
            {
                Tell(observer => observer.Stopped());
                return ExitCode.Interrupted;
            }
        }
        catch (NotFiniteException exception)
        {
            var message = $"{exception.Message}; {KeepLastGood(exception.GoodEpochs)}";
            Tell(observer => observer.Failed(message));
            throw new FailureException(message);
        }

        // Saved before anything else can go wrong.
        SaveModel();
        Tell(observer => observer.Trained());
        _run.Trainer.UseModelWeights(() => Result = Measure());
        Tell(observer => observer.Finished(Result!));
        return ExitCode.Success;
    }

    /// <summary>Gives memory and device back.</summary>
    public void Dispose()
    {
        Tell(observer => observer.Dispose());
        _run.Dispose();
    }

    private static TrainingRun Open(TrainRequest request, TrainingPlan plan, Terminal terminal, RunFiles? files,
        Checkpoint? checkpoint, CancellationToken cancellation)
    {
        var data = plan.Source.Load(terminal, cancellation);
        if (files is null)
        {
            files = RunFiles.ForNew(request, data.Train.Name);
            files.ProtectInterruptedRun();
        }

        var backend = terminal.Open(request.Device ?? "auto", request.Threads);
        try
        {
            var (train, validation) = plan.Split(data.Train);
            var model = checkpoint?.LoadModel(backend) ?? TrainedModel.Of(
                plan.BuildNetwork(backend, data.Train), data.Train, plan.Format(data.Train));
            var optimizer = plan.BuildOptimizer();
            var trainer = new Trainer(model.Network, optimizer, train, validation, plan.Options, model.Format);
            checkpoint?.Restore(trainer);
            files.Prepare();
            var run = new TrainingRun(new RunContext(
                request, plan, terminal, files, backend, model, optimizer, trainer, train, validation, data.Test)
            {
                IsResumed = checkpoint is not null,
            });
            run.Tell(observer => observer.Started());
            return run;
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    /// <summary>Who watches the run, in the order in which they are told.</summary>
    private IEnumerable<RunObserver> Observers()
    {
        if (!_run.Request.IsQuiet)
        {
            yield return new HeadingLines(_run);
        }

        yield return _view;
        yield return new CheckpointSaver(_run);
        yield return new StopLine(_run);
        yield return _run.Request.AsJson ? new JsonLines(_run) : new ResultLines(_run);
        if (_run.Files.Folder is not { } folder)
        {
            yield break;
        }

        RunObserver[] writers =
        [
            new ConfigFile(_run, folder), new MetricsTable(_run, folder), new LayerTable(_run, folder),
            new TensorBoardEvents(_run, folder), new ResultFile(_run, folder), new ReportPage(folder),
        ];
        foreach (var writer in writers)
        {
            yield return new BestEffort(writer, _run.Terminal);
        }

        // After those that it tells, so that they have begun.
        yield return new LayerWatch(_run, (epoch, layers) => Tell(observer => observer.LayersMeasured(epoch, layers)));
    }

    private EvaluationResult Measure()
    {
        var result = _run.Model.Evaluate(_run.Test);
        if (_run.Files.Folder is not null)
        {
            var mistakes = Mistake.Worst(_run.Model, _run.Test, result);
            Tell(observer => observer.MistakesFound(mistakes));
        }

        return result;
    }

    private void Tell(Action<RunObserver> what) => Array.ForEach(_observers, what);

    private void SaveModel() => _run.Trainer.UseModelWeights(() => _run.Model.Save(_run.Files.Model));

    /// <summary>Saves what the trainer went back to, unless that is only where it began.</summary>
    private string KeepLastGood(int epochs)
    {
        if (epochs == 0)
        {
            _run.Files.RemoveEmptyFolder();
            return "no epoch had ended well, so there is no model to save";
        }

        SaveModel();
        return $"the model after epoch {epochs} is saved as {_run.Files.Model}";
    }
}
