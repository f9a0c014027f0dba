using ScratchNet.Kernels;
using System.Globalization;
using System.Text;

namespace ScratchNet.Cli.Runs;

/// <summary>
/// A CSV file that grows by some lines an epoch, each beginning with its epoch's number. Every epoch's lines reach the file at
/// once, so that a run that is killed leaves all but the epoch it was in.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="header">Its first line: the names of the columns.</param>
internal sealed class EpochTable(string path, string header) : IDisposable
{
    private readonly StringBuilder _pending = new();
    private FileStream? _file;
    private int _lastEpoch = -1;

    /// <summary>Numbers as any program reads them back to the same bits; nothing where there is none.</summary>
    public static string Text(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";

    /// <summary>The lines of a table that was written before, by epoch; none where there is no such table.</summary>
    public ILookup<int, string> Read()
    {
        // What follows the last end of line was cut when the run was killed.
        var lines = File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1] : [];
        var columns = header.Count(c => c == ',');
        return (lines is [var first, .. var rows] && first == header ? rows : [])
            .Where(row => row.Count(c => c == ',') == columns && int.TryParse(row[..row.IndexOf(',')], out _))
            .ToLookup(row => int.Parse(row[..row.IndexOf(',')], CultureInfo.InvariantCulture));
    }

    /// <summary>Begins the file anew with the lines of the epochs that are done.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Begin(IEnumerable<string> lines)
    {
        _file?.Dispose();
        _pending.Clear();
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', [header, .. lines, ""]))));
        _file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Adds an epoch's lines. An epoch that is there already was made again: it and all after it are replaced.</summary>
    /// <exception cref="IOException">The file cannot be written now; the next epoch tries again.</exception>
    public void Add(int epoch, IEnumerable<string> lines)
    {
        if (epoch <= _lastEpoch)
        {
            var before = Read().Where(group => group.Key < epoch).SelectMany(group => group).ToList();
            Begin(before);
        }

        _lastEpoch = epoch;
        _pending.AppendJoin("", lines.Select(line => line + "\n"));
        Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private void Flush()
    {
        if (_file is null)
        {
            return;
        }

        var good = _file.Length;
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(_pending.ToString()));
            _pending.Clear();
        }
        catch (IOException)
        {
            // Half a line must not stay in front of the next one.
            _file.SetLength(good);
            _file.Position = good;
            throw;
        }
    }
}
