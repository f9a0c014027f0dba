using ScratchNet.Cli.Output;
using ScratchNet.Cli.Runs.Observers;
using ScratchNet.Kernels;
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
    private readonly CheckpointSaver _saver;
    private readonly Breakdown _breakdown;
    private readonly RunObserver[] _observers;
    private readonly RunLock _lock;

    private TrainingRun(RunContext run, RunLock runLock)
    {
        (_run, _lock) = (run, runLock);
        _saver = new CheckpointSaver(run);
        _breakdown = new Breakdown(run);
        _view = TrainingView.For(run);
        _observers = [.. Observers()];
        run.Trainer.Progressed = progress => Tell(observer => observer.Progressed(progress));
        run.Trainer.EpochEnded = epoch => Tell(observer => observer.EpochEnded(epoch));
        run.Trainer.Stepped = SteppedFirst;
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
    /// <exception cref="UsageException">The command line contradicts itself, or the run that is to go on.</exception>
    public static TrainingRun Start(TrainRequest request, Terminal terminal, CancellationToken cancellation)
    {
        RunFiles.Check(request);
        if (request.Resume is { } path)
        {
            var file = RunFiles.FindCheckpoint(path);
            var checkpoint = CheckpointFiles.Read(file, terminal.Warn);
            var (plan, device) = RunRecord.Read(checkpoint, path, request);
            if (plan.Source.Folder is { } folder && request.Data is null && !Path.Exists(folder))
            {
                throw new UsageException($"{path}: its data are no longer at {folder}; say with --data where they are");
            }

            var files = request is { Run: null, Output: null } ? RunFiles.Beside(file) : RunFiles.ForNew(request, "");
            return Open(request with { Device = request.Device ?? device }, plan, terminal, files, checkpoint, cancellation);
        }

        var source = DataSource.Of(request.Dataset, request.Data, DatasetCatalog.Bundled.Name)
            with { IsStreamed = request.IsStreamed };
        return Open(request, TrainingPlan.Read(source, request.Given.GetValueOrDefault), terminal, null, null, cancellation);
    }

    /// <summary>Trains, measures and saves.</summary>
    /// <param name="cancellation">Stops between two steps, with a checkpoint.</param>
    /// <returns>The exit code.</returns>
    public int Train(CancellationToken cancellation)
    {
        try
        {
            if (!_view.Show(() => TrainOn(cancellation)))
            {
                Tell(observer => observer.Stopped());
                return ExitCode.Interrupted;
            }
        }
        catch (NotFiniteException exception)
        {
            var message = $"{_breakdown.Describe(exception)}; {KeepLastGood(exception)}";
            Tell(observer => observer.Failed(message));
            throw new FailureException(message);
        }

        ReleaseSamples();

        // Saved before anything else can go wrong.
        SaveModelOrSayWhatIsLeft();
        Tell(observer => observer.Trained());
        _run.Trainer.ReleaseSteps();
        UnusedMemory.GiveBack();
        try
        {
            _run.Trainer.UseModelWeights(() => Result = Measure());
        }
        catch (DataException exception)
        {
            var message = $"{exception.Message}; the trained model is saved as {_run.Files.Model}: "
                + "measure it with 'scratchnet evaluate'";
            Tell(observer => observer.Failed(message));
            throw new FailureException(message);
        }

        Tell(observer => observer.Finished(Result!));
        return ExitCode.Success;
    }

    /// <summary>By now all that training needs has its memory, and none that was needed only on the way there is needed any
    /// more.</summary>
    private void SteppedFirst()
    {
        UnusedMemory.GiveBack();
        _run.Trainer.Stepped = _saver.Stepped;
        _saver.Stepped();
    }

    /// <summary>Saving needs memory too, and measuring the test part's pictures: both take the place of the training
    /// part's.</summary>
    private void ReleaseSamples()
    {
        _run.Trainer.ReleaseSamples();
        _run.WholeTrain.ReleasePictures();
        UnusedMemory.GiveBack();
    }

    /// <summary>Gives memory and device back.</summary>
    public void Dispose()
    {
        Tell(observer => observer.Dispose());
        _run.Dispose();
        _lock.Dispose();
        _run.Files.RemoveEmptyFolder();
    }

    private static TrainingRun Open(TrainRequest request, TrainingPlan plan, Terminal terminal, RunFiles? files,
        Checkpoint? checkpoint, CancellationToken cancellation)
    {
        var data = plan.Source.Load(terminal, cancellation);

        // The test part has been read and found whole; it is read again when it is needed.
        data.Test.ReleasePictures();
        UnusedMemory.GiveBack();

        // The model is told what it is trained on; opening a device, which may ask drivers, and hashing take place side by side.
        _ = Task.Run(() => data.Train.Fingerprint, cancellation);
        var isNamed = files is not null || request is not { Run: null, Output: null };
        (files, var runLock) = RunLock.Take(() => files ?? RunFiles.ForNew(request, data.Train.Name), mayMove: !isNamed);
        Backend? backend = null;
        try
        {
            var isNew = !files.AreThoseOf(checkpoint);
            if (isNew)
            {
                files.ProtectInterruptedRun();
            }

            backend = terminal.Open(request.Device ?? "auto", request.Threads);
            var (train, validation) = plan.Split(data.Train);
            var model = checkpoint?.LoadModel(backend) ?? TrainedModel.Of(
                plan.BuildNetwork(backend, data.Train), data.Train, plan.Format(data.Train));
            var optimizer = plan.BuildOptimizer();
            var trainer = new Trainer(model.Network, optimizer, train, validation, plan.Options, model.Format);
            checkpoint?.Restore(trainer);
            var run = new TrainingRun(new RunContext(
                request, plan, terminal, files, backend, model, optimizer, trainer, train, validation, data.Test)
            {
                Checkpoint = checkpoint,
                WholeTrain = data.Train,
            }, runLock);
            if (isNew)
            {
                // Only now: nothing that was asked for can be refused any more.
                files.ReplaceFinishedRun(terminal.Warn);
            }

            run.Tell(observer => observer.Started());
            return run;
        }
        catch
        {
            backend?.Dispose();
            runLock.Dispose();
            files.RemoveEmptyFolder();
            throw;
        }
    }

    /// <summary>Trains, and goes back as often as that is allowed.</summary>
    private bool TrainOn(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return _run.Trainer.Run(cancellation);
            }
            catch (NotFiniteException exception) when (_breakdown.TryGoBack(exception))
            {
                // Goes on from there.
            }
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
        yield return _breakdown;
        yield return _saver;
        yield return new StopLine(_run);
        if (_run.Files.Folder is { } folder)
        {
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

        // Last, so that a stream that cannot be written costs none of the files.
        yield return _run.Request.AsJson ? new JsonLines(_run) : new ResultLines(_run);
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

    /// <summary>A disk that is full in the end must not cost the model: the system's folder for temporary files may have
    /// room.</summary>
    private void SaveModelOrSayWhatIsLeft()
    {
        try
        {
            SaveModel();
        }
        catch (IOException exception)
        {
            var message = $"{exception.Message} {SaveElsewhere() ?? _saver.Left()}";
            Tell(observer => observer.Failed(message));
            throw new FailureException(message);
        }
    }

    private string? SaveElsewhere()
    {
        var path = Path.Combine(Path.GetTempPath(), $"scratchnet-{Path.GetRandomFileName()}.safetensors");
        try
        {
            _run.Trainer.UseModelWeights(() => _run.Model.Save(path));
            return $"The trained model is saved as {path} instead.";
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Saves the model of the last good epoch or, once there are checkpoints, of the newest of those.</summary>
    private string KeepLastGood(NotFiniteException exception)
    {
        var moment = $"epoch {exception.GoodEpochs}";
        if (!_run.Trainer.KeepsGoodWeights)
        {
            if (_breakdown.NewestBefore(exception.Step) is not { } good)
            {
                return "no checkpoint from before can be read, so there is no model to save";
            }

            _run.Trainer.GoBack(good);
            moment = $"step {good.Step}";
        }
        else if (exception.GoodEpochs == 0)
        {
            return "no epoch had ended well, so there is no model to save";
        }

        SaveModel();
        return $"the model after {moment} is saved as {_run.Files.Model}";
    }
}
