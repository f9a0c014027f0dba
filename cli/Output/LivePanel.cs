using System.Text;

namespace ScratchNet.Cli.Output;

/// <summary>
/// A few lines at the bottom of a terminal that are drawn again and again in place, with the control sequences of ECMA-48.
/// Warnings that come meanwhile go above them. Drawn by hand, because a drawing library would be loaded at every start, and would
/// draw from a thread of its own beside those that train.
/// </summary>
internal sealed class LivePanel : IDisposable
{
    private const string HideCursor = "\u001B[?25l";
    private const string ShowCursor = "\u001B[?25h";
    private const string EraseLineRest = "\u001B[K";
    private const string EraseBelow = "\u001B[J";
    private const int DefaultWidth = 80;
    private const int WidestUseful = 120;

    private readonly Terminal _terminal;
    private int _height;

    /// <summary>Takes the bottom of a terminal.</summary>
    public LivePanel(Terminal terminal)
    {
        _terminal = terminal;
        terminal.BeforeMessage = Erase;
        terminal.Error.Write(HideCursor);
    }

    /// <summary>Columns that a line may have: all but one, so that none wraps, and not too many to be read.</summary>
    public static int Width()
    {
        try
        {
            return Math.Min(Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth, WidestUseful) - 1;
        }
        catch (IOException)
        {
            return DefaultWidth - 1;
        }
    }

    /// <summary>Draws lines in place of those drawn before.</summary>
    /// <param name="lines">Each at most <see cref="Width"/> columns wide, colours not counted.</param>
    public void Draw(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder(ToTop());
        foreach (var line in lines)
        {
            text.Append(line).Append(EraseLineRest).Append('\n');
        }

        _terminal.Error.Write(text.Append(EraseBelow).ToString());
        _height = lines.Count;
    }

    /// <summary>Removes what was drawn; the next drawing begins where the cursor is then.</summary>
    public void Erase()
    {
        _terminal.Error.Write(ToTop() + EraseBelow);
        _height = 0;
    }

    /// <summary>Leaves what was drawn last, and the terminal as it was.</summary>
    public void Dispose()
    {
        _terminal.BeforeMessage = null;
        _terminal.Error.Write(ShowCursor);
    }

    private string ToTop() => _height == 0 ? "" : $"\u001B[{_height}A";
}
