namespace ScratchNet.Kernels;

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
        using var file = Begin(path, write);
        file.Commit();
    }

    /// <summary>
    /// Hands a file's content to the system, under its temporary name. Waiting for the disk, which takes most of the time, and
    /// renaming are left to <see cref="PendingFile.Commit"/>, which any thread may call.
    /// </summary>
    /// <param name="path">As in <see cref="Write"/>.</param>
    /// <param name="write">As in <see cref="Write"/>.</param>
    /// <exception cref="IOException">As in <see cref="Write"/>.</exception>
    public static PendingFile Begin(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = path;
        try
        {
            var target = Resolve(path);
            var folder = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
            return PendingFile.Fill(path, target, temporary, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explained(path, temporary, e);
        }
    }

    /// <summary>What went wrong, in one line that names the file.</summary>
    /// <param name="path">The file, as it was given.</param>
    /// <param name="temporary">The name that it had meanwhile, which means nothing to a person.</param>
    /// <param name="exception">What was thrown.</param>
    internal static IOException Explained(string path, string temporary, Exception exception)
    {
        var reason = DiskFull.Contains(exception.HResult)
            ? "the disk is full"
            : exception.Message.Replace(temporary, path).TrimEnd('.');
        return new IOException(
            $"{path}: cannot be written: {reason}. Make room or choose another place; an older file there is unchanged.",
            exception);
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
