using ScratchNet.Kernels;
using System.Diagnostics;
using ScratchNet.Cli.Output;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>
/// Saves checkpoints, from which the run can be resumed. The state is handed to the system between two steps; the disk is waited
/// for beside the steps that follow.
/// </summary>
/// <param name="run">The run.</param>
internal sealed class CheckpointSaver(RunContext run) : RunObserver
{
    private static readonly TimeSpan LongEnoughToJudge = TimeSpan.FromSeconds(5);

    // It takes some milliseconds.
    private static readonly TimeSpan BetweenGivingBack = TimeSpan.FromSeconds(20);

    private readonly CheckpointFiles _files = new(run.Files.Checkpoint, run.Request.Keep);
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private readonly Stopwatch _sinceGivenBack = Stopwatch.StartNew();
    private readonly Stopwatch _held = new();
    private Task<TimeSpan>? _writing;
    private TimeSpan _cost;
    private bool _isFailing;

    /// <inheritdoc/>
    public override void Started()
    {
        if (run.Checkpoint is { } checkpoint)
        {
            _files.GoOn(checkpoint);
        }
        else
        {
            _files.BeginAnew();
        }
    }

    /// <summary>A step was made.</summary>
    public void Stepped()
    {
        if (_writing is { IsCompleted: true })
        {
            Collect();
        }

        if (!run.Trainer.IsDone && run.Request.Cadence.IsDue(run.Optimizer.Steps, _sinceLast.Elapsed, _cost))
        {
            _held.Start();
            Collect();
            Begin();
            _held.Stop();
            _sinceLast.Restart();
        }
    }

    /// <inheritdoc/>
    public override void Stopped()
    {
        try
        {
            Finish();
        }
        catch (IOException exception)
        {
            throw new FailureException($"{exception.Message} {Left()}");
        }
    }

    /// <inheritdoc/>
    public override void Trained()
    {
        try
        {
            Finish();
        }
        catch (IOException exception)
        {
            run.Terminal.Warn(exception.Message);
        }

        var share = _held.Elapsed / _sinceStart.Elapsed;
        if (run.Request.Cadence.IsGiven && share > CheckpointCadence.MostShare && _sinceStart.Elapsed > LongEnoughToJudge)
        {
            run.Terminal.Warn(
                $"checkpoints took {Figures.Percent(share)} of the time; save fewer with a larger {CheckpointCadence.Option}");
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => Collect();

    /// <summary>What a person still has when nothing more can be written.</summary>
    public string Left() => _files.NewestStep is { } step
        ? $"The checkpoint of step {step} is there: make room, then go on with: scratchnet train --resume {run.Files.ResumePath}"
        : "There is no checkpoint to go on from.";

    /// <summary>Writes the state, and lets the disk be waited for beside.</summary>
    private void Begin()
    {
        var before = Stopwatch.GetTimestamp();
        try
        {
            var file = Write();
            var step = run.Optimizer.Steps;
            _writing = Task.Run(() =>
            {
                _files.Save(step, _ => file.Commit());
                return Stopwatch.GetElapsedTime(before);
            });
        }
        catch (IOException exception)
        {
            _writing = Task.FromException<TimeSpan>(exception);
        }
    }

    /// <summary>Waits for the one that is being written. A disk that is full now may have room later, so training goes on
    /// without.</summary>
    private void Collect()
    {
        try
        {
            _cost = _writing?.GetAwaiter().GetResult() ?? _cost;
            GiveMemoryBack();
            if (_isFailing && _writing is not null)
            {
                run.Terminal.Warn($"{run.Files.Checkpoint}: checkpoints can be saved again");
                _isFailing = false;
            }
        }
        catch (IOException exception)
        {
            if (!_isFailing)
            {
                run.Terminal.Warn($"{exception.Message} Training goes on, and the next checkpoint is tried when it is due.");
            }

            _isFailing = true;
        }

        _writing = null;
    }

    /// <summary>
    /// With a checkpoint to go back to, no second copy of the weights is needed. And what a run tells after each epoch leaves some
    /// 40 KB behind, which nothing else collects: steps allocate nothing.
    /// </summary>
    private void GiveMemoryBack()
    {
        if (_files.NewestStep is null || (!run.Trainer.KeepsGoodWeights && _sinceGivenBack.Elapsed < BetweenGivingBack))
        {
            return;
        }

        run.Trainer.ForgetGoodWeights();
        UnusedMemory.GiveBack();
        _sinceGivenBack.Restart();
    }

    private void Finish()
    {
        Collect();
        using var file = Write();
        _files.Save(run.Optimizer.Steps, _ => file.Commit());
    }

    private PendingFile Write()
    {
        run.Trainer.CheckFinite();
        return Checkpoint.Begin(run.Trainer, run.Model, _files.Next, RunRecord.Write(run.Plan, run.Backend.Device.Id));
    }
}
