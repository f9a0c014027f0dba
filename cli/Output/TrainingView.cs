using System.Globalization;
using ScratchNet.Cli.Runs;
using ScratchNet.Training;

namespace ScratchNet.Cli.Output;

/// <summary>What a person sees of a run while it lasts, on the stream of messages. This one shows nothing: --quiet.</summary>
internal class TrainingView : RunObserver
{
    /// <summary>The view that suits the terminal.</summary>
    /// <param name="run">The run.</param>
    public static TrainingView For(RunContext run) =>
        run.Request.IsQuiet ? new TrainingView()
        : run.Terminal.IsLive ? new LiveTrainingView(run)
        : new LineTrainingView(run.Terminal, run.Plan.Options.Epochs);

    /// <summary>Shows a run while a function trains.</summary>
    /// <returns>What the function returns.</returns>
    public virtual bool Show(Func<bool> train) => train();
}

/// <summary>A line an epoch, for files and dumb terminals.</summary>
internal sealed class LineTrainingView(Terminal terminal, int epochs) : TrainingView
{
    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => terminal.Error.WriteLine(Line(epoch, epochs));

    /// <summary>An epoch's result as a line, within 80 columns.</summary>
    private static string Line(EpochResult epoch, int epochs)
    {
        var width = epochs.ToString(CultureInfo.InvariantCulture).Length;
        var validation = epoch.ValidationAccuracy is { } accuracy ? $"  validation {Figures.Percent(accuracy)}" : "";
        return $"epoch {epoch.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(width)}/{epochs}"
            + $"  loss {Figures.Loss(epoch.TrainLoss)}  accuracy {Figures.Percent(epoch.TrainAccuracy)}{validation}"
            + $"  {Figures.Count(epoch.ImagesPerSecond)} images/s";
    }
}
