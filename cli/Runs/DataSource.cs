using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>Which data a command works on: a known set, or the person's own.</summary>
/// <param name="Name">Name of a known set; null for a person's own.</param>
/// <param name="Folder">Where to look first, or where the own data are; an absolute path, since runs may be resumed from
/// elsewhere.</param>
internal sealed record DataSource(string? Name, string? Folder)
{
    /// <summary>The largest side that pictures can be fitted to.</summary>
    private const int MaxSide = 1024;

    // Of data without a test part one is split off: always the same one, whatever the seed of a run.
    private const ulong SplitSeed = 1;

    /// <summary>The size that every picture is fitted to; null: the set's own.</summary>
    public PictureSize? Size { get; init; }

    /// <summary>Whether pictures are brought to the device batch by batch even if memory has room for all.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>The classes of own data where a model decides them; null: those that the data have.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What DATASET and --data say together.</summary>
    /// <param name="dataset">A known set's name, a folder, a file, or null.</param>
    /// <param name="folder">A folder or file, or null.</param>
    /// <param name="defaultName">The known set to take when neither is given.</param>
    /// <exception cref="UsageException">There is no such set, or it is bundled and a folder is given.</exception>
    public static DataSource Of(string? dataset, string? folder, string? defaultName)
    {
        var full = folder is null ? null : Path.GetFullPath(folder);
        if (dataset is null)
        {
            return new DataSource(full is null ? defaultName : null, full);
        }

        if (folder is null && !IsKnown(dataset) && Path.Exists(dataset))
        {
            return new DataSource(null, Path.GetFullPath(dataset));
        }

        var entry = FindEntry(dataset);
        return full is null || entry != DatasetCatalog.Bundled
            ? new DataSource(entry.Name, full)
            : throw new UsageException($"'{entry.Name}' and --data contradict each other: {entry.Name} are in this program, and "
                + "--data says where other data are; leave one out");
    }

    /// <summary>A known set.</summary>
    /// <exception cref="UsageException">There is none of this name; the message suggests the nearest.</exception>
    public static DatasetEntry FindEntry(string name)
    {
        if (IsKnown(name))
        {
            return DatasetCatalog.Find(name);
        }

        string[] names = [.. DatasetCatalog.Entries.Select(entry => entry.Name)];
        var suggestion = Nearest.To(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : "";
        throw new UsageException($"no data set is called '{name}': there are {string.Join(", ", names)}, and --data PATH "
            + $"for your own{suggestion}");
    }

    /// <summary>Whether a set of this name is known.</summary>
    public static bool IsKnown(string name) =>
        DatasetCatalog.Entries.Any(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A size as --image-size has it: one number for a square, or HEIGHTxWIDTH; "no" is none.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    public static PictureSize? ReadSize(string option, string? text)
    {
        if (text is null or "no")
        {
            return null;
        }

        int[] sides = [.. text.Split('x').Select(side => Values.Whole(option, side, 1, MaxSide, text))];
        return sides.Length switch
        {
            1 => new PictureSize(sides[0], sides[0]),
            2 => new PictureSize(sides[0], sides[1]),
            _ => throw new UsageException($"{option} is '{text}', but must be one number or HEIGHTxWIDTH, such as 28 or 20x32"),
        };
    }

    /// <summary>The same data as a model needs them to be measured: of its size and its classes.</summary>
    public DataSource For(TrainedModel model) => this with
    {
        Size = new PictureSize(model.Format.Height, model.Format.Width),
        ClassNames = model.ClassNames,
    };

    /// <summary>Whether a word names a known set, or is so near to one that it must be meant.</summary>
    public static bool IsLike(string word) =>
        IsKnown(word) || Nearest.To(word, DatasetCatalog.Entries.Select(entry => entry.Name)) is not null;

    /// <summary>Loads the data, downloading it first when it is known and nowhere to be found.</summary>
    public DatasetPair Load(Terminal terminal, CancellationToken cancellation = default)
    {
        var locations = DataLocations.FromEnvironment(Folder);
        var options = new OwnDataOptions(
            locations.Cache, Size, IsStreamed, SplitSeed, terminal.Warn, ClassNames, cancellation);
        if (Name is null)
        {
            return OwnData.Read(Folder!, options);
        }

        var entry = DatasetCatalog.Find(Name);
        if (entry != DatasetCatalog.Bundled)
        {
            Find(entry, locations, terminal, cancellation);
        }

        var pair = OwnData.Fit(
            DatasetCatalog.LoadAsync(entry, locations, null, null, cancellation).GetAwaiter().GetResult(), options);
        return IsStreamed ? new DatasetPair(pair.Train.Streamed(), pair.Test.Streamed()) : pair;
    }

    /// <summary>Makes sure that a known set's files are there, and that they are those of a folder that was named.</summary>
    private static void Find(
        DatasetEntry entry, DataLocations locations, Terminal terminal, CancellationToken cancellation)
    {
        var files = DatasetCatalog.Locate(entry, locations);
        if (locations.Explicit is { } folder
            && files?.TrainImages.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal) != true)
        {
            throw new DataException($"{folder}: does not hold {entry.Name}: put "
                + $"{string.Join(", ", entry.Files.Select(file => file.Name))} (.gz or not) there, leave --data out, or leave "
                + $"'{entry.Name}' out if it holds data of your own");
        }

        if (files is null)
        {
            DatasetDownload.Run(entry, locations.CacheFolder(entry), terminal, cancellation);
        }
    }
}
