using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>Which data a command works on: a known set, or a folder of the person's own.</summary>
/// <param name="Name">Name of a known set; null for a folder's own.</param>
/// <param name="Folder">Where to look first, or the folder; an absolute path, since runs may be resumed from elsewhere.</param>
internal sealed record DataSource(string? Name, string? Folder)
{
    // Of a folder without a test part one is split off: always the same one, whatever the seed of a run.
    private const ulong SplitSeed = 1;

    /// <summary>What DATASET and --data say together.</summary>
    /// <param name="dataset">A known set's name, a folder, or null.</param>
    /// <param name="folder">A folder, or null.</param>
    /// <param name="defaultName">The known set to take when neither is given.</param>
    /// <exception cref="UsageException">There is no such set.</exception>
    public static DataSource Of(string? dataset, string? folder, string? defaultName)
    {
        var full = folder is null ? null : Path.GetFullPath(folder);
        if (dataset is null)
        {
            return new DataSource(full is null ? defaultName : null, full);
        }

        return folder is null && !IsKnown(dataset) && Directory.Exists(dataset)
            ? new DataSource(null, Path.GetFullPath(dataset))
            : new DataSource(FindEntry(dataset).Name, full);
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
        throw new UsageException($"no data set is called '{name}': there are {string.Join(", ", names)}, and --data DIR "
            + $"for your own{suggestion}");
    }

    /// <summary>Whether a set of this name is known.</summary>
    public static bool IsKnown(string name) =>
        DatasetCatalog.Entries.Any(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Loads the data, downloading it first when it is known and nowhere to be found.</summary>
    public DatasetPair Load(Terminal terminal, CancellationToken cancellation = default)
    {
        if (Name is null)
        {
            return IdxFolder.Read(Folder!, SplitSeed);
        }

        var entry = DatasetCatalog.Find(Name);
        var locations = DataLocations.FromEnvironment(Folder);
        if (entry != DatasetCatalog.Bundled && DatasetCatalog.Locate(entry, locations) is null)
        {
            DatasetDownload.Run(entry, locations.CacheFolder(entry), terminal, cancellation);
        }

        return DatasetCatalog.LoadAsync(entry, locations, null, null, cancellation).GetAwaiter().GetResult();
    }
}
