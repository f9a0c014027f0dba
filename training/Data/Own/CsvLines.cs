using System.Buffers.Text;
using System.Text;

namespace ScratchNet.Training.Data;

/// <summary>The lines of a CSV file, gzipped or not, as fields of numbers. Errors name the line and the column, both from
/// 1.</summary>
internal sealed class CsvLines : IDisposable
{
    private const int UsualBuffer = 1 << 20;
    private const int LongestLine = 1 << 28;

    private readonly string _path;
    private readonly IdxSource _source;
    private readonly byte _newLine;
    private byte[] _buffer = new byte[UsualBuffer];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private int _lineStart;
    private int _lineEnd;
    private int _next;
    private int _column;

    /// <summary>Opens a file; a byte order mark is passed over.</summary>
    /// <exception cref="DataException">It cannot be opened.</exception>
    public CsvLines(string path)
    {
        _path = path;
        _source = IdxSource.Open(path);
        Fill();
        _start = _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8) ? 3 : 0;

        // Some programs still end lines in a carriage return alone, as old Macs did.
        var start = _buffer.AsSpan(0, _end);
        var hasOnlyReturns = start.IndexOf((byte)'\r') is >= 0 and var at && at < _end - 1 && !start.Contains((byte)'\n');
        _newLine = (byte)(hasOnlyReturns ? '\r' : '\n');
    }

    /// <summary>The number of the present line.</summary>
    public int Number { get; private set; }

    /// <summary>What stands between fields: a comma, unless told.</summary>
    public byte Separator { get; set; } = (byte)',';

    /// <summary>The present line without blanks at its end.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineEnd - _lineStart);

    /// <summary>Goes to the next line that is not blank.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="DataException">There is none, because the file is truncated.</exception>
    public bool Next()
    {
        do
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf(_newLine);
            while (length < 0 && !_isAtEnd)
            {
                var searched = _end - _start;
                Fill();
                length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf(_newLine);
                length += length < 0 ? 0 : searched;
            }

            if (length < 0 && _start == _end)
            {
                // A gzip that is cut off at a line's end looks like a smaller set.
                _source.ExpectEnd();
                return false;
            }

            length = length < 0 ? _end - _start : length;
            (_lineStart, _lineEnd) = (_start, _start + _buffer.AsSpan(_start, length).TrimEnd(" \t\r"u8).Length);
            _start = Math.Min(_end, _start + length + 1);
            Number++;
        }
        while (Line.IsEmpty);

        (_next, _column) = (_lineStart, 0);
        return true;
    }

    /// <summary>Takes the next field of the line.</summary>
    /// <param name="value">Its number.</param>
    /// <returns>Whether there was one more field.</returns>
    /// <exception cref="DataException">It is no number.</exception>
    public bool NextNumber(out float value)
    {
        value = 0;
        if (!NextField(out var field))
        {
            return false;
        }

        // Nearly all pixels are one to three digits.
        if (field.Length is > 0 and <= 3 && !field.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            foreach (var digit in field)
            {
                value = (10 * value) + (digit - '0');
            }

            return true;
        }

        return IsNumber(ref field, out value) && float.IsFinite(value)
            ? true
            : throw Error("a number", $"'{Shown(field)}'",
                field.Contains((byte)',') ? "write decimals with a point" : "correct it");
    }

    /// <summary>Takes the first field of the line, the label.</summary>
    /// <exception cref="DataException">It is no whole number.</exception>
    public int NextLabel()
    {
        NextField(out var field);
        return IsNumber(ref field, out var value) && value == MathF.Floor(value) && Math.Abs(value) < 1e6f
            ? (int)value
            : throw Error("a whole number as label", $"'{Shown(field)}'",
                "number the classes, and let the label stand first on every line");
    }

    /// <summary>Fields on the line.</summary>
    public int Columns() => Line[..^1].Count(Separator) + 1;

    /// <summary>Whether the line's first field is no number, as in a line of column names.</summary>
    public bool IsHeader()
    {
        NextField(out var field);
        (_next, _column) = (_lineStart, 0);
        return !IsNumber(ref field, out _);
    }

    /// <summary>An error at the field that was taken last.</summary>
    public DataException Error(string expected, string found, string advice) =>
        new($"{_path}: line {Number}, column {_column}: expected {expected}, found {found}: {advice}");

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>Whether a field, which loses the blanks and quotes around it, is a number.</summary>
    private static bool IsNumber(ref ReadOnlySpan<byte> field, out float value)
    {
        field = field.Trim(" \t\r\""u8);
        return Utf8Parser.TryParse(field, out value, out var length) && length == field.Length;
    }

    /// <summary>Takes a field. Some programs end a line in a separator: nothing behind it is no field.</summary>
    private bool NextField(out ReadOnlySpan<byte> field)
    {
        if (_next >= _lineEnd)
        {
            field = default;
            return false;
        }

        var rest = _buffer.AsSpan(_next, _lineEnd - _next);
        var length = rest.IndexOf(Separator);
        field = length < 0 ? rest : rest[..length];
        _next += field.Length + 1;
        _column++;
        return true;
    }

    /// <summary>Brings more of the file, behind what has not been used; the buffer grows with the longest line.</summary>
    private void Fill()
    {
        var kept = _end - _start;
        if (kept == _buffer.Length)
        {
            if (kept >= LongestLine)
            {
                throw new DataException(
                    $"{_path}: line {Number + 1}: is longer than {LongestLine} bytes: this is no CSV file of pictures");
            }

            Array.Resize(ref _buffer, 2 * kept);
        }

        Array.Copy(_buffer, _start, _buffer, 0, kept);
        var count = _source.ReadFully(_buffer.AsSpan(kept));
        _isAtEnd = count < _buffer.Length - kept;
        (_start, _end) = (0, kept + count);
    }

    private static string Shown(ReadOnlySpan<byte> field)
    {
        const int Longest = 20;
        return Encoding.UTF8.GetString(field.Length <= Longest ? field : field[..Longest])
            + (field.Length <= Longest ? "" : "...");
    }
}
