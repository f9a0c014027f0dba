namespace ScratchNet.Training.Data;

/// <summary>
/// The decoded sets in the cache folder (<see cref="OwnData"/> leaves them there): how much room they take, and how to get it
/// back. Nothing is lost with them but the time to decode them again.
/// </summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Count">How many, with those that were begun and left by a process that was killed.</param>
/// <param name="Bytes">Bytes of their files.</param>
public sealed record CachedSets(string Folder, int Count, long Bytes)
{
    /// <summary>Looks at a cache folder.</summary>
    /// <param name="cacheFolder">The program's cache folder; it may be missing.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CachedSets In(string cacheFolder)
    {
        var folder = new DirectoryInfo(SetCache.FolderOf(cacheFolder));
        return folder.Exists
            ? new CachedSets(folder.FullName, folder.GetDirectories().Length,
                folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length))
            : new CachedSets(folder.FullName, 0, 0);
    }

    /// <summary>Removes them all. A run that streams from one goes on where the system lets go of files in use, as Linux
    /// does.</summary>
    /// <exception cref="DataException">One cannot be removed.</exception>
    public void Remove()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataException(
                $"{Folder}: cannot be removed: {exception.Message.TrimEnd('.')}; end what uses it, then try again", exception);
        }
    }
}
