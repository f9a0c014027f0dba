using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ScratchNet.Training.Data;

/// <summary>
/// Data sets that were decoded once, in the cache folder: IDX files that are mapped rather than read, in a folder named by a hash
/// of the contents of all files that they were made of, with the hash of what was made. It appears under its name only when
/// complete.
/// </summary>
internal static class SetCache
{
    private const string Version = "2";
    private const string ImagesName = "images-idx3-ubyte";
    private const string LabelsName = "labels-idx1-ubyte";
    private const string DescriptionName = "set.json";

    /// <summary>The cache's folder of decoded sets.</summary>
    public static string FolderOf(string cacheFolder) => Path.Combine(cacheFolder, "sets");

    /// <summary>Maps a part from the cache; decodes it into there first if need be.</summary>
    /// <exception cref="DataException">It cannot be decoded, or the cache cannot be written.</exception>
    public static Dataset Load(DataPart part, string name, bool isStreamed, OwnDataOptions options)
    {
        var folder = Path.Combine(FolderOf(options.CacheFolder), Key(part));
        if (Directory.Exists(folder))
        {
            if (Open(folder, name, part.ClassNames, isStreamed) is { } set)
            {
                return set;
            }

            options.Warn?.Invoke($"{folder}: what was decoded before is damaged, so {part.Path} is decoded again");
            Directory.Delete(folder, recursive: true);
        }

        Decode(part, folder, options.Cancellation);
        return Open(folder, name, part.ClassNames, isStreamed)
            ?? throw new DataException($"{folder}: what was just written there reads otherwise; check the disk, or set "
                + "XDG_CACHE_HOME to a folder on another one");
    }

    /// <summary>Maps a set of uncompressed IDX files in place.</summary>
    public static Dataset Map(
        string name, string imagesPath, string labelsPath, IReadOnlyList<string>? classNames, bool isStreamed)
    {
        var (sizes, offset) = IdxFile.Locate(imagesPath, dimensions: 3);
        var labels = IdxFile.Read(labelsPath, dimensions: 1).Values;
        IdxDataset.CheckCounts(imagesPath, sizes[0], labelsPath, labels.Length);
        classNames = IdxDataset.CheckLabels(labelsPath, labels, classNames);
        var store = new MappedPictures(imagesPath, offset, sizes[0], sizes[1] * sizes[2]);
        return new Dataset(name, sizes[1], sizes[2], classNames, store, null, labels, isStreamed);
    }

    private static Dataset? Open(string folder, string name, IReadOnlyList<string> classNames, bool isStreamed)
    {
        try
        {
            var description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, DescriptionName)))!;
            var set = Map(name, Path.Combine(folder, ImagesName), Path.Combine(folder, LabelsName), classNames, isStreamed);
            return set.Fingerprint == (string?)description["xxh128"] ? set : null;
        }
        catch (Exception e) when (
            e is DataException or IOException or System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Decode(DataPart part, string folder, CancellationToken cancellation)
    {
        var temporary = $"{folder}.{Path.GetRandomFileName()}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            var fingerprint = Write(part, temporary, cancellation);
            var description = new JsonObject { ["source"] = part.Path, ["xxh128"] = fingerprint };
            File.WriteAllText(Path.Combine(temporary, DescriptionName), description.ToJsonString());
            if (!Directory.Exists(folder))
            {
                Directory.Move(temporary, folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: {part.Path} cannot be decoded into there: {e.Message.TrimEnd('.')}; make room, "
                + "or set XDG_CACHE_HOME to a folder that has some", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <summary>Writes pictures and labels and returns the fingerprint of a set of them.</summary>
    private static string Write(DataPart part, string folder, CancellationToken cancellation)
    {
        var labels = new List<byte>(part.Count);
        var images = Path.Combine(folder, ImagesName);
        using (var file = new FileStream(images, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
        {
            IdxFile.WriteHeader(file, [part.Count, part.Size.Height, part.Size.Width]);
            part.Read((pixels, someLabels) =>
            {
                cancellation.ThrowIfCancellationRequested();
                file.Write(pixels);
                labels.AddRange(someLabels);
            });
            file.Flush(flushToDisk: true);
        }

        IdxFile.Write(Path.Combine(folder, LabelsName), [part.Count], labels.ToArray());
        return Map("", images, Path.Combine(folder, LabelsName), part.ClassNames, isStreamed: true).Fingerprint;
    }

    /// <summary>A hash of everything that the decoded set depends on.</summary>
    private static string Key(DataPart part)
    {
        var hashes = new byte[part.Files.Count][];
        ParallelOrder.For(hashes.Length, i => hashes[i] = HashFile(part.Files[i]));
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        all.AppendData(Encoding.UTF8.GetBytes($"scratchnet set {Version}\n{part.Size}\n{string.Join('\n', part.ClassNames)}\n"));
        for (var i = 0; i < hashes.Length; i++)
        {
            var name = Path.GetRelativePath(part.Path, part.Files[i]);
            all.AppendData(Encoding.UTF8.GetBytes($"{name}\n"));
            all.AppendData(hashes[i]);
        }

        return Convert.ToHexStringLower(all.GetHashAndReset())[..32];
    }

    private static byte[] HashFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
