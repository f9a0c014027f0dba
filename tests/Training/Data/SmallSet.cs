using System.IO.Compression;
using ScratchNet.Engine.Files;
using ScratchNet.Training.Data;

namespace ScratchNet.Tests.Training.Data;

/// <summary>A set of a few hundred bytes that looks to the catalogue and the downloader like a known one.</summary>
internal static class SmallSet
{
    private static readonly string[] Names = [.. DatasetCatalog.Mnist.Files.Select(f => f.Name)];

    /// <summary>What the four files hold, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Contents { get; } = Names.ToDictionary(n => n, n =>
        n.Contains("images", StringComparison.Ordinal)
            ? [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 9,
                .. Enumerable.Range(0, 405).Select(i => (byte)(i * i * 31 + n.Length))]
            : new byte[] { 0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 1, 0, 1 });

    /// <summary>The set, to be had from the mirrors one.test and two.test.</summary>
    public static DatasetEntry Entry { get; } = new("small", "a small set", ["no", "yes"],
        [.. Names.Select(n => FileOf(n, Contents[n]))],
        [new Uri("https://one.test/data/"), new Uri("https://two.test/")], []);

    /// <summary>A gzip of bytes.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>Puts the set's files into a folder.</summary>
    public static void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in Contents)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    private static DatasetFile FileOf(string name, byte[] contents) => new(
        name, contents.Length, Checksum.Of(ChecksumKind.Sha256, contents), Checksum.Of(ChecksumKind.XxHash128, contents));
}
