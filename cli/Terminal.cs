using System.Text;
using Microsoft.Win32.SafeHandles;
using ScratchNet.Cli.Output;

namespace ScratchNet.Cli;

/// <summary>
/// Where the program writes: results to one stream, messages and progress to the other. Colours and moving displays are for
/// terminals only; NO_COLOR (no-color.org) and TERM=dumb are heeded.
/// </summary>
internal sealed class Terminal
{
    /// <summary>A colour for messages.</summary>
    public const string Yellow = "33";

    /// <summary>A colour for messages.</summary>
    public const string Cyan = "36";

    /// <summary>For what should stand back, in messages.</summary>
    public const string Dim = "2";

    private const string Red = "31";
    private const string Green = "32";
    private const string Bold = "1";

    private readonly bool _coloursAllowed;

    private Terminal(TextWriter output, TextWriter error, bool outIsTerminal, bool errorIsTerminal)
    {
        (Out, Error) = (output, error);
        var isDumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        _coloursAllowed = !isDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        OutHasColours = outIsTerminal && _coloursAllowed;
        ErrorHasColours = errorIsTerminal && _coloursAllowed;
        IsLive = errorIsTerminal && !isDumb;
    }

    /// <summary>Results.</summary>
    public TextWriter Out { get; }

    /// <summary>Messages and progress.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether results may be coloured.</summary>
    public bool OutHasColours { get; }

    /// <summary>Whether messages may be coloured.</summary>
    public bool ErrorHasColours { get; }

    /// <summary>Whether messages go to a terminal on which a display can move.</summary>
    public bool IsLive { get; }

    /// <summary>The streams of this process, always in UTF-8; opened without <see cref="Console"/>'s slower set-up.</summary>
    public static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        var unread = new CancellationTokenSource();
        return new Terminal(Open(Output(unread.Cancel)), Open(new LossyStream(Console.OpenStandardError())),
            !Console.IsOutputRedirected, !Console.IsErrorRedirected) { Unread = unread.Token };
    }

    /// <summary>Streams that are no terminal.</summary>
    public static Terminal Redirected(TextWriter output, TextWriter error) => new(output, error, false, false);

    /// <summary>
    /// Cancelled when it is found, by writing, that nobody reads the results any more: they go into a pipe, and whoever read it
    /// (<c>head</c>) has ended. For what has no other purpose than its results.
    /// </summary>
    public CancellationToken Unread { get; private init; }

    /// <summary>Called before a warning or an error: a moving display gets out of the way.</summary>
    public Action? BeforeMessage { get; set; }

    /// <summary>Writes an error as one line.</summary>
    public void Fail(string message) => Tell("error:", Red, message);

    /// <summary>Writes a warning as one line.</summary>
    public void Warn(string message) => Tell("warning:", Yellow, message);

    /// <summary>Part of a message, in a colour.</summary>
    public string Tint(string text, string colour) => Paint(text, colour, ErrorHasColours);

    /// <summary>What is going on, on one line that the next one overwrites; only where somebody watches.</summary>
    public void Tell(string text)
    {
        if (IsLive)
        {
            Error.Write($"\r\u001B[K{text}");
        }
    }

    /// <summary>Part of a result that is good.</summary>
    public string Good(string text) => Paint(text, Green, OutHasColours);

    /// <summary>Part of a result that is bad.</summary>
    public string Bad(string text) => Paint(text, Red, OutHasColours);

    /// <summary>Part of a result that matters most.</summary>
    public string Strong(string text) => Paint(text, Bold, OutHasColours);

    /// <summary>Any text on one line, without characters that would steer the terminal (a file's name may hold them).</summary>
    public static string OneLine(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\u001F') ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    private void Tell(string kind, string colour, string message)
    {
        BeforeMessage?.Invoke();
        Error.WriteLine($"{Paint(kind, colour, ErrorHasColours)} {OneLine(message)}");
    }

    private static string Paint(string text, string colour, bool allowed) => allowed ? $"\u001B[{colour}m{text}\u001B[0m" : text;

    private static Stream Output(Action lost)
    {
        var console = Console.OpenStandardOutput();
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return console;
        }

        // The console's stream is silent about a pipe that nobody reads. It is the right one for a file, which may be appended to.
        const int StandardOutput = 1;
        var file = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return file.CanSeek ? console : new LossyStream(file, lost);
    }

    private static StreamWriter Open(Stream stream) => new(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
}
