using System.Diagnostics;
using ScratchNet.Cli.Output;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>A run of <c>train</c>: from what was asked for to the saved model.</summary>
internal sealed class TrainingRun : IDisposable
{
    // Saving costs little against five seconds of training, and no more than that is ever lost.
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(5);

    private readonly TrainRequest _request;
    private readonly TrainingPlan _plan;
    private readonly Terminal _terminal;
    private readonly RunFiles _files;
    private readonly Backend _backend;
    private readonly Dataset _test;
    private readonly TrainedModel _model;
    private readonly Optimizer _optimizer;
    private readonly Trainer _trainer;
    private readonly TrainingView _view;
    private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();

    private TrainingRun(
        TrainRequest request, TrainingPlan plan, Terminal terminal, RunFiles files, Backend backend, DatasetPair data,
        Checkpoint? checkpoint)
    {
        (_request, _plan, _terminal, _files, _backend, _test) = (request, plan, terminal, files, backend, data.Test);
        var (train, validation) = plan.Split(data.Train);
        _model = checkpoint?.LoadModel(backend) ?? TrainedModel.Of(plan.BuildNetwork(backend, data.Train), data.Train);
        _optimizer = plan.BuildOptimizer();
        _trainer = new Trainer(_model.Network, _optimizer, train, validation, plan.Options, _model.Format);
        checkpoint?.Restore(_trainer);
        _view = TrainingView.For(terminal, request.IsQuiet, plan.Options.Epochs);
        _trainer.Progressed = _view.Progressed;
        _trainer.EpochEnded = EpochEnded;
        files.Prepare();
        WriteHeading(train, validation);
    }

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
            var files = request.Output is null ? RunFiles.Beside(file) : RunFiles.ForNew(request.Output, "");
            return Open(request with { Device = request.Device ?? device }, plan, terminal, files, checkpoint, cancellation);
        }

        var source = DataSource.Of(request.Dataset, request.Data, DatasetCatalog.Bundled.Name);
        return Open(request, TrainingPlan.Read(source, request.Given.GetValueOrDefault), terminal, null, null, cancellation);
    }

    /// <summary>Trains, measures and saves.</summary>
    /// <param name="cancellation">Stops between two steps, with a checkpoint.</param>
    /// <returns>The exit code.</returns>
    public int Train(CancellationToken cancellation)
    {
        try
        {
            if (!_view.Show(() => _trainer.Run(cancellation)))
            {
                return Stop();
            }
        }
        catch (NotFiniteException exception)
        {
            throw new FailureException($"{exception.Message}; {KeepLastGood(exception.GoodEpochs)}");
        }

        // Saved before anything else can go wrong.
        _model.Save(_files.Model);
        SaveCheckpoint();
        WriteResult(_model.Evaluate(_test));
        return ExitCode.Success;
    }

    /// <summary>Gives memory and device back.</summary>
    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
        _backend.Dispose();
    }

    private static TrainingRun Open(TrainRequest request, TrainingPlan plan, Terminal terminal, RunFiles? files,
        Checkpoint? checkpoint, CancellationToken cancellation)
    {
        var data = plan.Source.Load(terminal, cancellation);
        if (files is null)
        {
            files = RunFiles.ForNew(request.Output, data.Train.Name);
            files.ProtectInterruptedRun();
        }

        var backend = Devices.Open(request.Device ?? "auto", request.Threads);
        try
        {
            return new TrainingRun(request, plan, terminal, files, backend, data, checkpoint);
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    private int Stop()
    {
        Checkpoint.Save(_trainer, _model, _files.Checkpoint, RunRecord.Write(_plan, _backend.Device.Id));
        _terminal.Error.WriteLine($"stopped in epoch {_trainer.Epoch + 1} of {_plan.Options.Epochs} after batch "
            + $"{_trainer.Batch} of {_trainer.Batches}; continue with: scratchnet train --resume {_files.ResumePath}");
        return ExitCode.Interrupted;
    }

    /// <summary>Saves what the trainer went back to, unless that is only where it began.</summary>
    private string KeepLastGood(int epochs)
    {
        if (epochs == 0)
        {
            _files.RemoveEmptyFolder();
            return "no epoch had ended well, so there is no model to save";
        }

        _model.Save(_files.Model);
        return $"the model after epoch {epochs} is saved as {_files.Model}";
    }

    private void EpochEnded(EpochResult epoch)
    {
        _view.EpochEnded(epoch);
        if (_request.AsJson)
        {
            JsonLine.Write(_terminal.Out, json =>
            {
                json.WriteString("event", "epoch");
                json.WriteNumber("epoch", epoch.Epoch);
                json.WriteNumber("train_loss", epoch.TrainLoss);
                json.WriteNumber("train_accuracy", epoch.TrainAccuracy);
                json.WriteFinite("validation_accuracy", epoch.ValidationAccuracy);
                json.WriteNumber("seconds", epoch.Seconds);
                json.WriteNumber("images_per_second", epoch.ImagesPerSecond);
            });
        }

        if (_sinceCheckpoint.Elapsed >= CheckpointInterval)
        {
            SaveCheckpoint();
        }
    }

    /// <summary>Saves a checkpoint; a disk that is full now may have room later, so training goes on without.</summary>
    private void SaveCheckpoint()
    {
        try
        {
            Checkpoint.Save(_trainer, _model, _files.Checkpoint, RunRecord.Write(_plan, _backend.Device.Id));
        }
        catch (IOException exception)
        {
            _terminal.Warn(exception.Message);
        }

        _sinceCheckpoint.Restart();
    }

    private void WriteHeading(Dataset train, Dataset? validation)
    {
        if (_request.IsQuiet)
        {
            return;
        }

        var options = _plan.Options;
        _terminal.Error.WriteLine(NetworkLines.Describe(_model.DatasetName, train, validation, _test));
        var settings = _plan.Describe()
            .Where(option => option.Key != TrainOptionNames.Hidden && option.Value is not ("0" or "no"))
            .Select(option => $"{option.Key[2..].Replace('-', ' ')} {option.Value}");
        _terminal.Error.WriteLine($"{NetworkLines.Shape(_model.Network)}: "
            + $"{Figures.Count(_model.Network.ParameterCount)} parameters; {string.Join(", ", settings)}");
        _terminal.Error.WriteLine(NetworkLines.Describe(_backend.Device)
            + (_trainer.Epoch + _trainer.Batch == 0 ? "" : $"; resumed in epoch {_trainer.Epoch + 1} of {options.Epochs}"));
    }

    private void WriteResult(EvaluationResult result)
    {
        var seconds = _trainer.History.Sum(epoch => epoch.Seconds);
        if (_request.AsJson)
        {
            JsonLine.Write(_terminal.Out, json =>
            {
                json.WriteString("event", "done");
                json.WriteNumber("test_accuracy", result.Accuracy);
                json.WriteFinite("test_loss", result.Loss);
                json.WriteNumber("seconds", seconds);
                json.WriteString("device", _backend.Device.Id);
                json.WriteNumber("threads", _backend.Device.Kind == DeviceKind.Cpu ? _backend.Device.Units : 1);
                json.WriteNumber("parameters", _model.Network.ParameterCount);
                json.WriteNumber("seed", _plan.Options.Seed);
                json.WriteString("model", _files.Model);
            });
            return;
        }

        var report = new EvaluationReport(result, _model.ClassNames);
        report.WriteHeadline(_terminal);
        _terminal.Out.WriteLine();
        report.WriteConfusion(_terminal);
        _terminal.Out.WriteLine();
        _terminal.Out.WriteLine($"trained in {Figures.Duration(seconds)}; model saved as {Terminal.OneLine(_files.Model)}");
    }
}
