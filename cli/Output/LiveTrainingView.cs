using ScratchNet.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ScratchNet.Cli.Output;

/// <summary>A bar that fills with each epoch, under one line for every epoch that is done.</summary>
internal sealed class LiveTrainingView : TrainingView
{
    private const int BarWidth = 16;

    private readonly IAnsiConsole _console;
    private readonly StatusColumn _status = new();
    private readonly int _epochs;
    private ProgressTask? _bar;

    private LiveTrainingView(IAnsiConsole console, int epochs) => (_console, _epochs) = (console, epochs);

    /// <summary>A view on a terminal.</summary>
    public static TrainingView Create(Terminal terminal, int epochs) =>
        new LiveTrainingView(LiveDisplay.Console(terminal), epochs);

    /// <inheritdoc/>
    public override bool Show(Func<bool> train) => LiveDisplay
        .Progress(_console, new TaskDescriptionColumn(), new ProgressBarColumn { Width = BarWidth }, _status)
        .Start(context =>
        {
            _bar = context.AddTask("starting");
            return train();
        });

    /// <inheritdoc/>
    public override void Progressed(TrainingProgress progress)
    {
        _bar!.Description = $"epoch {progress.Epoch}/{progress.Epochs}";
        _bar.MaxValue = progress.Batches;
        _bar.Value = progress.Batch;
        _status.Text = $"loss {Figures.Loss(progress.Loss)}  {Figures.Percent(progress.Accuracy)}  "
            + $"{Figures.Count(progress.ImagesPerSecond)} images/s  {Figures.Duration(progress.SecondsLeft)} left";
    }

    /// <inheritdoc/>
    public override void EpochEnded(EpochResult epoch) => _console.WriteLine(Line(epoch, _epochs));

    /// <summary>A column that says what it was last told.</summary>
    private sealed class StatusColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text);
    }
}
