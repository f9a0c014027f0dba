using Spectre.Console;

namespace ScratchNet.Cli.Output;

/// <summary>The drawing library, set up for the stream of messages; results never go through it.</summary>
internal static class LiveDisplay
{
    /// <summary>A console on the stream of messages, which must be a terminal.</summary>
    public static IAnsiConsole Console(Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(terminal.Error),
        Ansi = AnsiSupport.Yes,
        ColorSystem = terminal.ErrorHasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
    });

    /// <summary>Progress bars, removed when done.</summary>
    public static Progress Progress(IAnsiConsole console, params ProgressColumn[] columns) =>
        console.Progress().AutoClear(true).HideCompleted(false).Columns(columns);
}
