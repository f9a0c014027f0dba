using System.Globalization;
using System.IO.Enumeration;
using ScratchNet.Training.Images;

namespace ScratchNet.Training.Data;

/// <summary>
/// Pictures in a folder that has a sub-folder for each class, named as the class; a class's pictures may lie deeper. Every
/// picture is fitted to one size: unless told, the commonest one if it is small enough for a dense network, else MNIST's.
/// </summary>
internal sealed class PictureFolder : DataPart
{
    private const int BlockOfPictures = 256;
    private const int LargestOwnSize = 64 * 64;
    private const int MostClasses = 256;

    private static readonly PictureSize UsualSize = new(DigitPreprocessor.Side, DigitPreprocessor.Side);
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp"];
    private static readonly string[] TrainNames = ["train", "training"];
    private static readonly string[] TestNames = ["test", "testing"];

    private readonly List<(string Path, byte Label)> _pictures;

    private PictureFolder(
        string path, IReadOnlyList<string> classNames, List<(string Path, byte Label)> pictures, PictureSize size)
    {
        (Path, ClassNames, _pictures, Size) = (path, classNames, pictures, size);
        Files = pictures.ConvertAll(picture => picture.Path);
    }

    public override string Path { get; }

    public override int Count => _pictures.Count;

    public override PictureSize Size { get; }

    public override IReadOnlyList<string> ClassNames { get; }

    public override IReadOnlyList<string> Files { get; }

    /// <summary>The folders of the training and the test part; null where there is none of pictures by class.</summary>
    public static (string Train, string? Test)? Find(string folder, Action<string>? warn)
    {
        var names = SubFolders(folder);
        if (names.Count == 0)
        {
            return null;
        }

        if (names.FirstOrDefault(name => Is(name, TrainNames)) is not { } train)
        {
            return (folder, null);
        }

        var test = names.FirstOrDefault(name => Is(name, TestNames));
        if (names.FirstOrDefault(name => name != train && name != test) is { } other)
        {
            warn?.Invoke($"{In(folder, other)}: is not used, since {In(folder, train)} is there");
        }

        return (In(folder, train), test is null ? null : In(folder, test));
    }

    /// <summary>Whether a folder's sub-folders hold pictures.</summary>
    public static bool IsOne(string folder) =>
        SubFolders(folder).Exists(name => Contents(In(folder, name), passesOverForbidden: true).Any(IsPicture));

    /// <summary>Lists the classes and pictures and looks at their sizes.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">The size wanted, the classes if they are known, and where warnings go.</param>
    /// <exception cref="DataException">There are too few classes, too many, other ones or empty ones, or a file that is no
    /// picture.</exception>
    public static PictureFolder Open(string path, OwnDataOptions options)
    {
        var found = InOrder(SubFolders(path));
        var classNames = options.ClassNames ?? found;
        CheckClasses(path, found, options.ClassNames);
        var pictures = new List<(string Path, byte Label)>();
        var others = new List<string>();
        foreach (var name in found)
        {
            var before = pictures.Count;
            foreach (var file in Allowed(In(path, name)))
            {
                if (IsPicture(file))
                {
                    pictures.Add((file, (byte)classNames.ToList().IndexOf(name)));
                }
                else
                {
                    others.Add(file);
                }
            }

            if (pictures.Count == before)
            {
                throw new DataException($"{In(path, name)}: the class '{name}' has no PNG, JPEG or BMP pictures; "
                    + "add some, or remove the folder");
            }
        }

        if (Directory.EnumerateFiles(path).Where(IsPicture).ToArray() is [var stray, ..] strays)
        {
            options.Warn?.Invoke($"{path}: {strays.Length} picture{(strays.Length == 1 ? " lies" : "s lie")} in no class's folder "
                + $"and {(strays.Length == 1 ? "is" : "are")} left out, the first {stray}");
        }

        if (others is [var first, ..])
        {
            options.Warn?.Invoke(
                $"{path}: {others.Count} files that are no PNG, JPEG or BMP pictures are left out, the first {first}");
        }

        return new PictureFolder(path, classNames, pictures, ChooseSize(path, pictures, options));
    }

    /// <inheritdoc/>
    public override void Read(Sink sink)
    {
        var pixels = new byte[BlockOfPictures * Size.Pixels];
        var labels = new byte[BlockOfPictures];
        for (var first = 0; first < Count; first += BlockOfPictures)
        {
            var (start, count) = (first, Math.Min(BlockOfPictures, Count - first));
            ParallelOrder.For(count, i =>
            {
                var (path, label) = _pictures[start + i];
                PictureFit.To(PictureFile.Read(path), Size.Height, Size.Width).CopyTo(pixels, i * Size.Pixels);
                labels[i] = label;
            });
            sink(pixels.AsSpan(0, count * Size.Pixels), labels.AsSpan(0, count));
        }
    }

    private static void CheckClasses(string path, List<string> found, IReadOnlyList<string>? wanted)
    {
        if (wanted is not null)
        {
            if (found.Except(wanted).FirstOrDefault() is { } extra)
            {
                throw new DataException($"{In(path, extra)}: '{extra}' is none of the classes that were trained on "
                    + $"({string.Join(", ", wanted)}); rename or remove the folder");
            }

            if (found.Count == 0)
            {
                throw new DataException($"{path}: has no folders; make one of pictures for each class");
            }

            return;
        }

        if (found.Count is < 2 or > MostClasses)
        {
            var names = found.Count == 1 ? $" ('{found[0]}')" : "";
            throw new DataException($"{path}: holds {found.Count} {(found.Count == 1 ? "class" : "classes")}{names}, expected "
                + $"2 to {MostClasses}; make a sub-folder of pictures for each class");
        }
    }

    /// <summary>The size to fit everything to, with a warning when that changes pictures.</summary>
    private static PictureSize ChooseSize(string path, List<(string Path, byte Label)> pictures, OwnDataOptions options)
    {
        var sizes = new PictureSize[pictures.Count];
        ParallelOrder.For(sizes.Length, i =>
        {
            options.Cancellation.ThrowIfCancellationRequested();
            sizes[i] = PictureFile.ReadSize(pictures[i].Path);
        });
        var common = sizes.CountBy(size => size).MaxBy(pair => pair.Value).Key;
        var size = options.Size ?? (common.Pixels <= LargestOwnSize ? common : UsualSize);
        var other = Array.FindIndex(sizes, found => found != size);
        if (other >= 0)
        {
            var count = sizes.Count(found => found != size).ToString("N0", CultureInfo.InvariantCulture);
            options.Warn?.Invoke($"{path}: {count} pictures are not {size} and are fitted to it, "
                + $"the first {pictures[other].Path} ({sizes[other]})");
        }

        return size;
    }

    private static bool IsPicture(string file) => Extensions.Contains(System.IO.Path.GetExtension(file).ToLowerInvariant());

    /// <summary>The files of a class. One that may not be read would silently be a smaller class.</summary>
    private static List<string> Allowed(string folder)
    {
        try
        {
            return [.. Contents(folder, passesOverForbidden: false)];
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DataException(
                $"{folder}: may not be read: {exception.Message.TrimEnd('.')}; change its permissions, or remove it", exception);
        }
    }

    /// <summary>
    /// The files of a class. Links to files are files; links to folders are not followed, since they may lead back to another
    /// class or round and round.
    /// </summary>
    private static IEnumerable<string> Contents(string folder, bool passesOverForbidden)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden,
            IgnoreInaccessible = passesOverForbidden,
        };
        return new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && !IsHidden(entry.FileName),
            ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }.Order(StringComparer.Ordinal);
    }

    private static List<string> SubFolders(string folder) => [.. Directory.EnumerateDirectories(folder)
        .Select(path => System.IO.Path.GetFileName(path))
        .Where(name => !IsHidden(name))
        .Order(StringComparer.Ordinal)];

    // Digits' names are numbers, of which 10 comes after 9.
    private static List<string> InOrder(List<string> names) =>
        names.TrueForAll(name => uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => uint.Parse(name, CultureInfo.InvariantCulture))]
            : names;

    private static bool IsHidden(ReadOnlySpan<char> name) => name.StartsWith('.') || name is "__MACOSX";

    private static bool Is(string name, string[] names) => names.Contains(name.ToLowerInvariant());

    private static string In(string folder, string name) => System.IO.Path.Combine(folder, name);
}
