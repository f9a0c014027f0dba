namespace ScratchNet.Kernels;

/// <summary>Where the program keeps what it can do without: downloads, and what it measured of this machine's devices.</summary>
public static class CacheFolder
{
    /// <summary>
    /// $XDG_CACHE_HOME/scratchnet when that is an absolute path (the XDG Base Directory Specification says to ignore others),
    /// else ~/.cache/scratchnet; on Windows it is in the local application data.
    /// </summary>
    public static string Of()
    {
        var xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var caches = Path.IsPathRooted(xdg) ? xdg
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "scratchnet");
    }
}
