namespace ScratchNet.Kernels;

/// <summary>
/// A file of <see cref="AtomicFile"/> whose content is written under a temporary name, and is not yet sure to be on the disk.
/// Disposed without <see cref="Commit"/>, it is as if it had never been begun.
/// </summary>
public sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _target;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _isDone;

    private PendingFile(string path, string target, string temporary)
    {
        (_path, _target, _temporary) = (path, target, temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            // Nobody may read meanwhile what he may not read afterwards.
            options.UnixCreateMode = File.GetUnixFileMode(target);
        }

        _stream = new FileStream(temporary, options);
    }

    /// <summary>Waits until everything has arrived on the disk, and gives the file its name.</summary>
    /// <exception cref="IOException">As in <see cref="AtomicFile.Write"/>.</exception>
    public void Commit()
    {
        try
        {
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            KeepPermissions();
            File.Move(_temporary, _target, overwrite: true);
            _isDone = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw AtomicFile.Explained(_path, _temporary, e);
        }
    }

    /// <summary>Removes the temporary file, if it has not become the real one.</summary>
    public void Dispose()
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        try
        {
            // What is still in its buffer is written, or tried, before it is closed.
            _stream.Dispose();
        }
        catch (IOException)
        {
            // The disk is full, which is why it is thrown away.
        }

        if (File.Exists(_temporary))
        {
            File.Delete(_temporary);
        }
    }

    /// <summary>Makes the temporary file, and writes the content.</summary>
    /// <param name="path">The file's name for messages.</param>
    /// <param name="target">The file itself.</param>
    /// <param name="temporary">The name that it has until then, in the same folder.</param>
    /// <param name="write">Writes the content.</param>
    internal static PendingFile Fill(string path, string target, string temporary, Action<Stream> write)
    {
        var file = new PendingFile(path, target, temporary);
        try
        {
            write(file._stream);
            file._stream.Flush();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Whoever restricted a file to himself must not find it open to all after the next save.
    private void KeepPermissions()
    {
        if (!OperatingSystem.IsWindows() && File.Exists(_target))
        {
            File.SetUnixFileMode(_temporary, File.GetUnixFileMode(_target));
        }
    }
}
