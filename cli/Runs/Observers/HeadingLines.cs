using ScratchNet.Cli.Output;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Tells a person what is about to be trained, on what, where.</summary>
internal sealed class HeadingLines(RunContext run) : RunObserver
{
    /// <inheritdoc/>
    public override void Started()
    {
        var (messages, network) = (run.Terminal.Error, run.Model.Network);
        messages.WriteLine(NetworkLines.Describe(run.Model.DatasetName, run.Train, run.Validation, run.Test));
        var settings = run.Plan.Describe()
            .Where(option => option.Key != TrainOptionNames.Hidden && option.Value is not ("0" or "no" or TrainingPlan.Stop))
            .Select(option => $"{option.Key[2..].Replace('-', ' ')} {option.Value}");
        messages.WriteLine($"{NetworkLines.Shape(network)}: {Figures.Count(network.ParameterCount)} parameters; "
            + string.Join(", ", settings));
        messages.WriteLine(NetworkLines.Describe(run.Backend.Device) + (run.IsResumed ? $"; {Standing()}" : ""));
    }

    private string Standing() => run.Trainer switch
    {
        { IsStoppedEarly: true } trainer => $"early stopping ended the run after epoch {trainer.Epoch}, and it is only measured "
            + $"again; to train longer, begin a new run with more patience in {TrainOptionNames.EarlyStopping}",
        { IsDone: true } trainer => $"the run was done after epoch {trainer.Epoch}, and is only measured again; "
            + $"{TrainOptionNames.Epochs} with a larger number trains on",
        var trainer => $"resumed in epoch {trainer.Epoch + 1} of {run.Plan.Options.Epochs}",
    };
}
