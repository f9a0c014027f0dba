using ScratchNet.Cli.Output;
using ScratchNet.Engine.Files;
using ScratchNet.Training;
using ScratchNet.Training.Diagnosis;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>
/// What a run does when a value is not finite: it says which tensor was the first, and with <c>--on-nan rollback</c> goes back to
/// the end of the last good epoch. That state is kept in a file, so that a run that is killed and resumed goes back to the same
/// place.
/// </summary>
internal sealed class Breakdown(RunContext run) : RunObserver
{
    private const int MostRollbacks = 10;

    private bool _isLost;

    /// <inheritdoc/>
    public override void Started()
    {
        if (!run.IsResumed || !File.Exists(run.Files.LastGood))
        {
            Keep();
        }
    }

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => Keep();

    /// <inheritdoc/>
    public override void Trained() => File.Delete(run.Files.LastGood);

    /// <summary>Goes back, if the run was told to and has not done so too often.</summary>
    /// <returns>Whether it can go on.</returns>
    public bool TryGoBack(NotFiniteException exception)
    {
        var trainer = run.Trainer;
        if (!run.Plan.RollsBack || trainer.Rollbacks.Count == MostRollbacks || _isLost)
        {
            return false;
        }

        var good = Checkpoint.Read(run.Files.LastGood);
        if (good.Step >= exception.Step)
        {
            return false;
        }

        trainer.RollBack(good, exception.Step);
        var place = good.Epoch == 0 ? "the beginning" : $"the end of epoch {good.Epoch}";
        run.Terminal.Warn($"{exception.Message.Split(';')[0]}: back to {place}, with half the learning rate "
            + $"({trainer.Rollbacks.Count} of at most {MostRollbacks} times)");
        if (run.Request.AsJson)
        {
            JsonLine.Write(run.Terminal.Out, json =>
            {
                json.WriteString("event", "rollback");
                json.WriteNumber("step", exception.Step);
                json.WriteNumber("to_epoch", good.Epoch);
                json.WriteNumber("rollbacks", trainer.Rollbacks.Count);
            });
        }

        return true;
    }

    /// <summary>Says in a line what was not finite, and where that began.</summary>
    public string Describe(NotFiniteException exception)
    {
        var advice = run.Plan.RollsBack
            ? $"the learning rate was halved {run.Trainer.Rollbacks.Count} times"
            : $"try a lower {TrainOptionNames.LearningRate}, or {TrainOptionNames.OnNan} rollback";
        var first = Locate(exception.Step) is { } found ? $"; the first was in step {found.Step}: {found.Tensor}" : "";
        return $"{exception.Message.Split(';')[0]}{first}; {advice}";
    }

    /// <summary>The checkpoint to go back to: the newest, if it can be read and was saved before the step.</summary>
    public Checkpoint? NewestBefore(long badStep)
    {
        try
        {
            var checkpoint = File.Exists(run.Files.LastGood) && run.Plan.RollsBack
                ? Checkpoint.Read(run.Files.LastGood)
                : CheckpointFiles.Read(run.Files.Checkpoint, _ => { });
            return checkpoint.Step < badStep ? checkpoint : null;
        }
        catch (ModelFileException)
        {
            return null;
        }
    }

    private void Keep()
    {
        if (!run.Plan.RollsBack)
        {
            return;
        }

        try
        {
            Checkpoint.Save(run.Trainer, run.Model, run.Files.LastGood, RunRecord.Write(run.Plan, run.Backend.Device.Id));
            _isLost = false;
        }
        catch (IOException exception)
        {
            _isLost = true;
            run.Terminal.Warn($"{exception.Message} Training goes on, but cannot go back until the end of the next epoch.");
        }
    }

    /// <summary>Makes the run again from its newest checkpoint before the step, or from its beginning.</summary>
    private NotFiniteTensor? Locate(long badStep)
    {
        var plan = run.Plan;
        var checkpoint = NewestBefore(badStep);
        using var network = checkpoint is null
            ? plan.BuildNetwork(run.Backend, run.WholeTrain)
            : checkpoint.LoadModel(run.Backend).Network;
        using var optimizer = plan.BuildOptimizer();
        using var trainer = new Trainer(network, optimizer, run.Train, run.Validation, plan.Options, run.Model.Format);
        checkpoint?.Restore(trainer);
        return NotFiniteSearch.Find(trainer, badStep);
    }
}
