namespace ScratchNet.Training.Data;

/// <summary>The folders in which data sets are looked for.</summary>
/// <param name="Explicit">A folder that the person named, or null.</param>
/// <param name="Variable">The folder in the environment variable SCRATCHNET_DATA, or null.</param>
/// <param name="Cache">The program's cache folder, where downloads go.</param>
public sealed record DataLocations(string? Explicit, string? Variable, string Cache)
{
    /// <summary>
    /// The locations as the environment has them. The cache is $XDG_CACHE_HOME/scratchnet when that is an absolute path (the
    /// XDG Base Directory Specification says to ignore others), else ~/.cache/scratchnet; on Windows it is in the local
    /// application data.
    /// </summary>
    /// <param name="explicitFolder">A folder that the person named, or null.</param>
    public static DataLocations FromEnvironment(string? explicitFolder = null)
    {
        var variable = Environment.GetEnvironmentVariable("SCRATCHNET_DATA");
        variable = string.IsNullOrWhiteSpace(variable) ? null : variable;
        return new DataLocations(explicitFolder, variable, Kernels.CacheFolder.Of());
    }

    /// <summary>Where the set's download goes: the cache folder's folder of its name.</summary>
    public string CacheFolder(DatasetEntry entry) => Path.Combine(Cache, entry.Name);

    /// <summary>
    /// Where to look for a set, in this order: the explicit folder, SCRATCHNET_DATA, each with its folder of the set's name
    /// first; the cache folder; the system's folders.
    /// </summary>
    public IEnumerable<string> Folders(DatasetEntry entry)
    {
        foreach (var root in new[] { Explicit, Variable })
        {
            if (root != null)
            {
                yield return Path.Combine(root, entry.Name);
                yield return root;
            }
        }

        yield return CacheFolder(entry);
        foreach (var folder in entry.SystemFolders)
        {
            yield return folder;
        }
    }
}
