using System.Globalization;
using ScratchNet.Engine;
using ScratchNet.Training;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Writes <c>metrics.csv</c>: a line an epoch.</summary>
internal sealed class MetricsTable(RunContext run, RunFolder folder) : RunObserver
{
    /// <summary>The columns. The last four are times in seconds, and add up to the column seconds.</summary>
    public const string Header = "epoch,step,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy,"
        + "seconds,images_per_second,data_seconds,forward_seconds,backward_seconds,update_seconds";

    private readonly EpochTable _table = new(folder.Metrics, Header);

    /// <inheritdoc/>
    public override void Started()
    {
        // A run that goes on keeps its lines up to the checkpoint; where they are missing, the checkpoint knows the most of them.
        var before = run.IsResumed ? _table.Read() : Array.Empty<string>().ToLookup(_ => 0);
        _table.Begin(run.Trainer.History.Select(epoch => before[epoch.Epoch].LastOrDefault() ?? Line(epoch, null, null, null)));
    }

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => _table.Add(epoch.Epoch,
        [Line(epoch, run.Optimizer.Steps, run.Optimizer.LearningRate, run.Trainer.Clock)]);

    /// <inheritdoc/>
    public override void Dispose() => _table.Dispose();

    private static string Line(EpochResult epoch, long? steps, float? rate, StepClock? clock)
    {
        // The shortest text of a float; as a double it would be 0.0020000000949949026.
        var rateText = rate?.ToString("R", CultureInfo.InvariantCulture) ?? "";
        double?[] values =
        [
            epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss, epoch.ValidationAccuracy, epoch.Seconds,
            epoch.ImagesPerSecond,
            .. Enum.GetValues<StepPhase>().Select(phase => clock?.Share(phase) * epoch.Seconds),
        ];
        return string.Create(CultureInfo.InvariantCulture,
            $"{epoch.Epoch},{steps},{rateText},{string.Join(',', values.Select(EpochTable.Text))}");
    }
}
