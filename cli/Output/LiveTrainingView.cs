using System.Diagnostics;
using System.Globalization;
using ScratchNet.Cli.Runs;
using ScratchNet.Training;

namespace ScratchNet.Cli.Output;

/// <summary>
/// A run on a terminal: how far the epoch and the run are, the curves of loss and error so far, which span the whole run and so
/// fill from left to right, and how well each class is recognised. In the end the curves stay, with the best epoch under them.
/// </summary>
/// <param name="run">The run.</param>
internal sealed class LiveTrainingView(RunContext run) : TrainingView
{
    private const int CurveRows = 5;
    private const int Training = 1;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(60);

    private readonly Terminal _terminal = run.Terminal;
    private readonly Stopwatch _sinceDrawn = Stopwatch.StartNew();
    private LivePanel? _panel;
    private TrainingProgress? _progress;

    private IReadOnlyList<EpochResult> History => run.Trainer.History;

    private int Epochs => run.Plan.Options.Epochs;

    /// <inheritdoc/>
    public override bool Show(Func<bool> train)
    {
        using var panel = _panel = new LivePanel(_terminal);
        try
        {
            return train();
        }
        finally
        {
            _progress = null;
            Draw();
            _terminal.Error.WriteLine();
        }
    }

    /// <inheritdoc/>
    public override void Progressed(TrainingProgress progress)
    {
        _progress = progress;
        Draw();
    }

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch)
    {
        if (_sinceDrawn.Elapsed >= Interval)
        {
            Draw();
        }
    }

    private void Draw()
    {
        var width = LivePanel.Width();
        _panel!.Draw([.. Bars(width), .. Curves(width), .. Summary(), .. Classes(width)]);
        _sinceDrawn.Restart();
    }

    private IEnumerable<string> Bars(int width)
    {
        if (_progress is not { } now)
        {
            yield break;
        }

        var epoch = $"epoch {now.Epoch}/{now.Epochs}";
        var within = (double)now.Batch / now.Batches;
        string[] right =
        [
            $"loss {Figures.Loss(now.Loss)}  accuracy {Figures.Percent(now.Accuracy)}",
            $"{Figures.Count(now.ImagesPerSecond)} images/s  {Figures.Duration(now.SecondsLeft)} left",
        ];
        var rightWidth = right.Max(text => text.Length);
        var bar = Math.Max(5, width - epoch.Length - rightWidth - 12);
        yield return $"{epoch}  {Bar(within, bar)} {Share(within)}  {right[0]}";
        var done = (now.Epoch - 1 + within) / now.Epochs;
        yield return $"{"run".PadRight(epoch.Length)}  {Bar(done, bar)} {Share(done)}  {right[1]}";
    }

    /// <summary>Two charts side by side: losses, and shares of wrong answers.</summary>
    private IEnumerable<string> Curves(int width)
    {
        var half = (width - 2) / 2;
        // One point is no curve.
        if (History.Count < 2 || half < CurvePlot.LeastWidth)
        {
            yield break;
        }

        var loss = Chart(half, epoch => epoch.TrainLoss, epoch => epoch.ValidationLoss, value => Short(value));
        var error = Chart(half, epoch => 1 - epoch.TrainAccuracy, epoch => 1 - epoch.ValidationAccuracy,
            value => $"{Short(100 * value)}%");
        var keys = $"{_terminal.Tint("training", Colour(Training))} {_terminal.Tint("validation", Colour(Training + 1))}";
        const int KeysWidth = 19;
        yield return "";
        yield return $"{"loss",-8}{keys}{new string(' ', Math.Max(1, half - 8 - KeysWidth + 2))}{"error",-8}{keys}";
        for (var row = 0; row < CurveRows; row++)
        {
            yield return $"{loss[row]}  {error[row]}";
        }
    }

    private string[] Chart(
        int width, Func<EpochResult, double> training, Func<EpochResult, double?> validation, Func<double, string> format) =>
        CurvePlot.Draw(width, CurveRows, Epochs,
            [
                [.. History.Select(epoch => ((double)epoch.Epoch, training(epoch)))],
                [
                    .. History.Where(epoch => validation(epoch) is not null)
                        .Select(epoch => ((double)epoch.Epoch, validation(epoch)!.Value)),
                ],
            ],
            format, (text, curve) => _terminal.Tint(text, Colour(curve)));

    private IEnumerable<string> Summary()
    {
        if (History.Count == 0)
        {
            yield break;
        }

        var last = History[^1];
        var line = $"epoch {last.Epoch}: loss {Figures.Loss(last.TrainLoss)}, accuracy {Figures.Percent(last.TrainAccuracy)}";
        if (last.ValidationAccuracy is not { } validation)
        {
            yield return line;
            yield break;
        }

        yield return $"{line}, validation {Figures.Percent(validation)}";
        var best = History.MaxBy(epoch => epoch.ValidationAccuracy)!;
        yield return $"best validation {Figures.Percent(best.ValidationAccuracy!.Value)}, in epoch {best.Epoch}";
    }

    private IEnumerable<string> Classes(int width) => run.Trainer.Confusion is { } confusion
        ? ClassFigures.Lines(confusion, run.Model.ClassNames, width)
        : [];

    private string Bar(double share, int width)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return _terminal.Tint(new string('━', full), Terminal.Cyan)
            + _terminal.Tint(new string('─', width - full), Terminal.Dim);
    }

    private static string Colour(int curve) => curve == Training ? Terminal.Yellow : Terminal.Cyan;

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{(int)(100 * share),3}%");

    private static string Short(double value) =>
        value.ToString(value < 0.1 ? "0.###" : value < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);
}
