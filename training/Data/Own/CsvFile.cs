using System.Globalization;
using ScratchNet.Training.Images;

namespace ScratchNet.Training.Data;

/// <summary>
/// A CSV file with a picture on every line: its class as a whole number, then its pixels row by row, from 0 to 255, or from 0 to
/// 1 if no value is above that. A first line of column names is passed over; fields stand between commas, semicolons or tabs, and
/// one of those may end every line.
/// </summary>
internal sealed class CsvFile : DataPart
{
    private const int BlockBytes = 1 << 20;
    private const int MostClasses = 256;

    private readonly Dictionary<int, byte> _labels;
    private readonly Format _format;
    private readonly PictureSize _stored;

    private CsvFile(string path, Format format, PictureSize stored, PictureSize size, IReadOnlyList<string> classNames)
    {
        (Path, _format, _stored, Size, ClassNames) = (path, format, stored, size, classNames);
        _labels = LabelsOf(classNames);
    }

    public override string Path { get; }

    public override int Count => _format.Rows;

    public override PictureSize Size { get; }

    public override IReadOnlyList<string> ClassNames { get; }

    public override IReadOnlyList<string> Files => [Path];

    /// <summary>The CSV files of a folder, gzipped or not, those for testing last.</summary>
    public static IReadOnlyList<string> Find(string folder) =>
        [.. Directory.EnumerateFiles(folder)
            .Where(path => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
                || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase))
            .OrderBy(IsTest).ThenBy(path => path, StringComparer.Ordinal)];

    /// <summary>Whether a file's name says that it is for testing.</summary>
    public static bool IsTest(string path) => IdxFolder.IsNamedAsTest(System.IO.Path.GetFileName(path));

    /// <summary>Looks a file through: its form, its number of pictures and its classes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The size wanted, the classes if they are known, and where warnings go.</param>
    /// <exception cref="DataException">It is no such file; the message names the line and the column.</exception>
    public static CsvFile Open(string path, OwnDataOptions options)
    {
        var format = Format.Of(path);
        if (options.ClassNames is null && format.Labels.Count is < 2 or > MostClasses)
        {
            throw new DataException($"{path}: column 1 holds {format.Labels.Count} classes, expected 2 to {MostClasses}; the "
                + "label must stand first on every line");
        }

        var stored = StoredSize(path, format.Columns - 1, options.Size);
        var size = options.Size ?? stored;
        if (size != stored)
        {
            options.Warn?.Invoke($"{path}: the pictures have {stored} pixels and are fitted to {size}");
        }

        return new CsvFile(path, format, stored, size,
            options.ClassNames ?? [.. format.Labels.Select(label => label.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <inheritdoc/>
    public override void Read(Sink sink)
    {
        using var lines = _format.Start(Path);
        var block = Math.Max(1, BlockBytes / Size.Pixels);
        var (pixels, labels) = (new byte[block * Size.Pixels], new byte[block]);
        var picture = new byte[_stored.Pixels];
        var count = 0;
        while (lines.Next())
        {
            labels[count] = ReadLabel(lines);
            ReadPixels(lines, picture);
            Fitted(picture).CopyTo(pixels, count * Size.Pixels);
            count++;
            if (count == block)
            {
                sink(pixels, labels);
                count = 0;
            }
        }

        sink(pixels.AsSpan(0, count * Size.Pixels), labels.AsSpan(0, count));
    }

    /// <summary>The label in the file of each class: its name where names are numbers, else its place.</summary>
    private static Dictionary<int, byte> LabelsOf(IReadOnlyList<string> classNames)
    {
        var areNumbers = classNames.All(name => int.TryParse(name, CultureInfo.InvariantCulture, out _));
        return classNames.Select(
            (name, place) => (areNumbers ? int.Parse(name, CultureInfo.InvariantCulture) : place, (byte)place))
            .ToDictionary();
    }

    private byte ReadLabel(CsvLines lines)
    {
        var label = lines.NextLabel();
        return _labels.TryGetValue(label, out var known)
            ? known
            : throw lines.Error($"one of the labels {string.Join(", ", _labels.Keys)}", $"{label}", "correct or remove the line");
    }

    private void ReadPixels(CsvLines lines, byte[] picture)
    {
        var count = 0;
        for (; lines.NextNumber(out var value); count++)
        {
            if (count < picture.Length)
            {
                picture[count] = value >= 0 && value <= 255
                    ? (byte)MathF.Round(_format.IsUnit ? 255 * value : value)
                    : throw lines.Error("a pixel from 0 to 255, or from 0 to 1", value.ToString(CultureInfo.InvariantCulture),
                        "write pixels that are not normalised");
            }
        }

        if (count != picture.Length)
        {
            throw lines.Error($"{_format.Columns} columns as on the first line", $"{count + 1}", "complete or remove the line");
        }
    }

    private byte[] Fitted(byte[] picture) =>
        PictureFit.To(new GreyPicture(_stored.Width, _stored.Height, picture), Size.Height, Size.Width);

    private static PictureSize StoredSize(string path, int pixels, PictureSize? wanted)
    {
        var side = (int)Math.Round(Math.Sqrt(pixels));
        return wanted?.Pixels == pixels ? wanted.Value
            : side * side == pixels ? new PictureSize(side, side)
            : throw new DataException($"{path}: line 1: {pixels + 1} columns: a label and {pixels} pixels, which make no square; "
                + "'scratchnet train' takes their size with --image-size HEIGHTxWIDTH");
    }

    /// <summary>What a first look through a file tells.</summary>
    /// <param name="Separator">What stands between fields.</param>
    /// <param name="HasHeader">Whether the first line holds column names.</param>
    /// <param name="Columns">Fields on a line.</param>
    /// <param name="Rows">Number of pictures.</param>
    /// <param name="Labels">The labels that there are, in ascending order.</param>
    /// <param name="IsUnit">Whether pixels go from 0 to 1.</param>
    private sealed record Format(byte Separator, bool HasHeader, int Columns, int Rows, SortedSet<int> Labels, bool IsUnit)
    {
        public static Format Of(string path)
        {
            using var lines = new CsvLines(path);
            if (!lines.Next())
            {
                throw new DataException($"{path}: is empty; expected a picture on every line: its label, then its pixels");
            }

            // The comma comes last: where there are as many of another one, it stands in the decimals.
            lines.Separator = ";\t,"u8.ToArray().MaxBy(separator => lines.Line.Count(separator));
            var (columns, hasHeader) = (lines.Columns(), lines.IsHeader());
            if (columns < 2)
            {
                throw new DataException(
                    $"{path}: line 1: has one column; expected a label, then pixels, with commas between them");
            }

            var (labels, rows, isUnit) = (new SortedSet<int>(), 0, true);
            for (var more = !hasHeader || lines.Next(); more; more = lines.Next(), rows++)
            {
                labels.Add(lines.NextLabel());
                while (isUnit && lines.NextNumber(out var value))
                {
                    isUnit = value <= 1;
                }
            }

            return rows > 0
                ? new Format(lines.Separator, hasHeader, columns, rows, labels, isUnit)
                : throw new DataException($"{path}: holds column names but no pictures");
        }

        public CsvLines Start(string path)
        {
            var lines = new CsvLines(path) { Separator = Separator };
            if (HasHeader)
            {
                lines.Next();
            }

            return lines;
        }
    }
}
