using System.Text;

namespace ScratchNet.Cli.Output;

/// <summary>
/// A few lines at the bottom of a terminal that are drawn again and again in place, with the control sequences of ECMA-48.
/// Warnings that come meanwhile go above them. Drawn by hand, because a drawing library would be loaded at every start, and would
/// draw from a thread of its own beside those that train.
/// </summary>
internal sealed class LivePanel : IDisposable
{
    private const char Escape = '\u001B';
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
    public static int Width() => Math.Min(Size(() => Console.WindowWidth, DefaultWidth), WidestUseful) - 1;

    /// <summary>Rows that a terminal has, but for the last, on which the cursor waits.</summary>
    private static int Height() => Size(() => Console.WindowHeight, int.MaxValue) - 1;

    /// <summary>A size of the window, where there is one that tells.</summary>
    private static int Size(Func<int> ask, int otherwise)
    {
        try
        {
            return ask() is > 0 and var size ? size : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }

    /// <summary>Draws lines in place of those drawn before; as much of them as the terminal has room for.</summary>
    /// <param name="lines">The lines; those that are too long are cut, so that none wraps and the next drawing meets them.</param>
    public void Draw(IReadOnlyList<string> lines) => Draw(lines, Width(), Height());

    internal void Draw(IReadOnlyList<string> lines, int width, int height)
    {
        // Of what a smaller window has pushed out of sight, nothing can be drawn over.
        _height = Math.Min(_height, height);
        var text = new StringBuilder(ToTop());
        foreach (var line in lines.Take(height))
        {
            text.Append(Cut(line, width)).Append(EraseLineRest).Append('\n');
        }

        _terminal.Error.Write(text.Append(EraseBelow).ToString());
        _height = Math.Min(lines.Count, height);
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

    /// <summary>The first columns of a line, with all of its colours: the last one ends them.</summary>
    private static string Cut(string line, int width)
    {
        var cut = new StringBuilder(line.Length);
        for (int i = 0, columns = 0; i < line.Length; i++)
        {
            if (line[i] == Escape)
            {
                var end = line.IndexOf('m', i);
                cut.Append(line, i, end - i + 1);
                i = end;
            }
            else if (columns++ < width)
            {
                cut.Append(line[i]);
            }
        }

        return cut.ToString();
    }

    private string ToTop() => _height == 0 ? "" : $"\u001B[{_height}A";
}
