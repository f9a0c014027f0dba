using ScratchNet.Engine.Files;

namespace ScratchNet.Training.Data;

/// <summary>Whether a file is there and holds what it should.</summary>
public enum FileState
{
    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The file can be read, but it holds something else: its checksum is another.</summary>
    Mismatch,

    /// <summary>The file is there, but it cannot be read to its end or is damaged.</summary>
    Damaged,

    /// <summary>The file is there and holds what it should.</summary>
    Whole,
}

/// <summary>One file of a data set as it was found.</summary>
/// <param name="File">What it should be.</param>
/// <param name="Path">Where it is, or null.</param>
/// <param name="Bytes">Its size on the disk, 0 when missing.</param>
/// <param name="State">Whether it holds what it should.</param>
public sealed record FileStatus(DatasetFile File, string? Path, long Bytes, FileState State);

/// <summary>Whether a known data set is here.</summary>
/// <param name="Entry">Which set.</param>
/// <param name="Folder">Where it was found; null when it is nowhere, or needs no files.</param>
/// <param name="Files">Its files; none for the bundled set.</param>
public sealed record DatasetStatus(DatasetEntry Entry, string? Folder, IReadOnlyList<FileStatus> Files)
{
    /// <summary>Whether the set can be used: every file holds what it should.</summary>
    public bool IsWhole => Files.All(f => f.State == FileState.Whole);

    /// <summary>
    /// Checks a set: reads and hashes every file of it in the folders where it is looked for, and tells of the folder that has
    /// most of it, the earlier one when equal.
    /// </summary>
    public static DatasetStatus Of(DatasetEntry entry, DataLocations locations) =>
        entry.Files.Count == 0
            ? new DatasetStatus(entry, null, [])
            : locations.Folders(entry).Select(folder => InFolder(entry, folder)).MaxBy(s => s.Files.Sum(f => (int)f.State))!;

    /// <summary>Checks one file, gzipped or not, by a checksum of its contents.</summary>
    internal static FileState StateOf(DatasetFile file, string path, ChecksumKind kind = ChecksumKind.Sha256)
    {
        try
        {
            using var source = IdxSource.Open(path);
            return Sum(source, file.Length, kind) == file.ChecksumOf(kind) ? FileState.Whole : FileState.Mismatch;
        }
        catch (DataException)
        {
            return File.Exists(path) ? FileState.Damaged : FileState.Missing;
        }
    }

    private static DatasetStatus InFolder(DatasetEntry entry, string folder)
    {
        var files = entry.Files.Select(file => IdxFolder.FindStandardFile(folder, file.Name) is { } path
            ? new FileStatus(file, path, new FileInfo(path).Length, StateOf(file, path))
            : new FileStatus(file, null, 0, FileState.Missing)).ToArray();
        return new DatasetStatus(entry, files.Any(f => f.Path != null) ? folder : null, files);
    }

    /// <summary>The checksum of the contents, or null as soon as they are longer than they should be.</summary>
    private static string? Sum(IdxSource source, long length, ChecksumKind kind)
    {
        using var checksum = Checksum.Begin(kind);
        var buffer = new byte[1 << 16];
        while (source.ReadFully(buffer) is > 0 and var count)
        {
            if (source.Position > length)
            {
                return null;
            }

            checksum.Add(buffer.AsSpan(0, count));
        }

        source.ExpectEnd();
        return checksum.Digits();
    }
}
