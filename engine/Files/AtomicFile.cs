namespace ScratchNet.Engine.Files;

/// <summary>
/// Replaces a file whole or not at all: whoever reads it, at any moment and after any crash, finds the old content or the
/// new one, never a part of either.
/// </summary>
/// <remarks>
/// The content goes to a temporary name in the same folder (a rename is atomic only within one file system), is forced to
/// the disk, and is then renamed over the target. .NET cannot open a folder, so the folder's own entry is not forced to the disk:
/// right after a power cut the name may still lead to the old file, which is whole.
/// A process that is killed in the middle leaves a file named <c>.NAME.*.tmp</c> behind, which may be deleted.
/// </remarks>
public static class AtomicFile
{
    // The error numbers of a full disk: ENOSPC on Linux and macOS; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL on Windows.
    private static readonly int[] DiskFull = [28, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    /// <summary>Writes a file; an older one of that name is replaced when everything has arrived on the disk.</summary>
    /// <param name="path">The file; missing folders are made. Of a symbolic link, the file it leads to is replaced.</param>
    /// <param name="write">Writes the content. What it throws that is no <see cref="IOException"/> is passed on as it is.</param>
    /// <exception cref="IOException">
    /// The file cannot be written: one line that names it and says why. The old content stands and no temporary file is left.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = path;
        try
        {
            var target = Resolve(path);
            var folder = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
            Replace(target, temporary, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = DiskFull.Contains(e.HResult) ? "the disk is full" : e.Message.Replace(temporary, path).TrimEnd('.');
            throw new IOException(
                $"{path}: cannot be written: {reason}. Make room or choose another place; an older file there is unchanged.", e);
        }
    }

    private static void Replace(string target, string temporary, Action<Stream> write)
    {
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            KeepPermissions(target, temporary);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // Whoever restricted a file to himself must not find it open to all after the next save.
    private static void KeepPermissions(string target, string temporary)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }
    }

    private static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var file = new FileInfo(full);
        var target = file.LinkTarget is null ? full : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target) || Path.EndsInDirectorySeparator(target))
        {
            throw new IOException("it is a folder, not a file");
        }

        // Renaming over a device would put a plain file in its place: root could lose /dev/null that way.
        if (Path.GetDirectoryName(target) == "/dev")
        {
            throw new IOException("it is a device, not a file");
        }

        return target;
    }
}
