using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Cli;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>
/// What a suite measured on one machine, kept in perf/results as JSON, one object a line: first the machine, then versions of
/// peers, rows and fits, each with its date. A suite may be measured piece by piece: what is measured again replaces what was
/// there. The tables of the READMEs are made of it.
/// </summary>
/// <param name="file">Where it is kept.</param>
/// <param name="machine">The machine and its software.</param>
/// <param name="lines">The other lines, oldest first.</param>
internal sealed class Recording(string file, string machine, IEnumerable<JsonObject> lines)
{
    private const string Folder = "perf/results";
    private const string CoresOf = " cores of ";

    /// <summary>What tells one line from another; everything else is a figure.</summary>
    private static readonly string[] Identity =
    [
        "event", "group", "peer", "quantity", "op", "variant", "backend", "m", "n", "k",
        "transpose", "batch", "detail", "threads",
    ];

    private readonly List<JsonObject> _lines = [.. lines];
    private bool _hasNewFigures;

    /// <summary>The machine that it was measured on, and its software.</summary>
    public string Machine => machine;

    /// <summary>The first and the last day on which something in it was measured.</summary>
    public (string First, string Last) Dates => (_lines.Min(Date)!, _lines.Max(Date)!);

    /// <summary>What was measured.</summary>
    public IEnumerable<JsonObject> Rows => _lines.Where(line => line["op"] is not null);

    /// <summary>Lines of another kind, such as <c>fit</c>.</summary>
    public IEnumerable<JsonObject> Events(string kind) => _lines.Where(line => (string?)line["event"] == kind);

    /// <summary>What the peers are, and which versions.</summary>
    public IEnumerable<string> Versions => Events("peer").Select(line => (string)line["version"]!).Distinct();

    /// <summary>This machine, as a recording names it.</summary>
    public static string ThisMachine()
    {
        using var backend = new CpuBackend(1);
        return $"{Environment.ProcessorCount}{CoresOf}{backend.Device.Name} ({backend.Device.Capabilities}), "
            + RuntimeInformation.FrameworkDescription;
    }

    /// <summary>The checkout that this is run in.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Checkout()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ScratchNet.sln")))
            {
                return folder.FullName;
            }
        }

        throw new UsageException(
            $"{Environment.CurrentDirectory} is not in a checkout of ScratchNet: results and tables belong to one");
    }

    /// <summary>Reads what was recorded of a suite.</summary>
    /// <returns>Null when nothing was.</returns>
    /// <exception cref="FailureException">The file is damaged; the message names the line.</exception>
    public static Recording? Load(string checkout, string suite)
    {
        var file = FileOf(checkout, suite);
        if (!File.Exists(file))
        {
            return null;
        }

        var lines = File.ReadLines(file).Select((line, i) => Parse(file, i, line)).ToArray();
        var machine = (string?)lines.FirstOrDefault()?["machine"]
            ?? throw new FailureException($"{file}, line 1: it names no machine; delete the file and measure again");
        return new Recording(file, machine, lines.Skip(1));
    }

    /// <summary>The recording that new lines go to: the old one, or a new one when that is of another machine.</summary>
    /// <exception cref="UsageException">It is of this machine, with more or fewer of its cores.</exception>
    public static Recording ToContinue(string checkout, string suite, Terminal terminal)
    {
        var here = ThisMachine();
        var old = Load(checkout, suite);
        if (old is not null && old.Machine != here)
        {
            if (WithoutCores(old.Machine) == WithoutCores(here))
            {
                throw new UsageException($"--record would replace {FileOf(checkout, suite)}, measured on {old.Machine}, where this "
                    + $"process has {Environment.ProcessorCount}: run it with as many (taskset and containers set a limit), or "
                    + "delete the file first");
            }

            terminal.Warn($"{FileOf(checkout, suite)} was measured on {old.Machine}: it begins anew with {here}");
        }

        return old?.Machine == here ? old : new Recording(FileOf(checkout, suite), here, []);
    }

    /// <summary>Takes a line; one of the same identity is replaced.</summary>
    public void Put(JsonObject line, DateTime day)
    {
        line["date"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        _hasNewFigures |= line["op"] is not null;
        var place = _lines.FindIndex(other => Identity.All(name => JsonNode.DeepEquals(other[name], line[name])));
        if (place >= 0)
        {
            _lines[place] = line;
        }
        else
        {
            _lines.Add(line);
        }
    }

    /// <summary>
    /// Writes the file, if something was measured: without a new figure there is nothing to keep, and an empty recording that is
    /// begun anew would destroy another machine's.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    public bool Save()
    {
        if (_hasNewFigures)
        {
            AtomicFile.Write(file, Write);
        }

        return _hasNewFigures;
    }

    private void Write(Stream stream)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var line in _lines.Prepend(new JsonObject { ["event"] = "machine", ["machine"] = machine }))
        {
            writer.WriteLine(line.ToJsonString());
        }
    }

    private static string FileOf(string checkout, string suite) => Path.Combine(checkout, Folder, suite + ".jsonl");

    private static string WithoutCores(string machine) => machine[(machine.IndexOf(CoresOf, StringComparison.Ordinal) + 1)..];

    private static string? Date(JsonObject line) => (string?)line["date"];

    private static JsonObject Parse(string file, int index, string line)
    {
        try
        {
            return JsonNode.Parse(line)!.AsObject();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new FailureException($"{file}, line {index + 1}: not a JSON object; delete the line or measure again");
        }
    }
}
