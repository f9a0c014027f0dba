namespace ScratchNet.Engine.Files;

/// <summary>The metadata keys of a safetensors file's own checksums, of its header and of its data.</summary>
internal static class ChecksumKeys
{
    // By kind.
    private static readonly string[] Headers = ["header_sha256", "header_xxh128"];
    private static readonly string[] Datas = ["data_sha256", "data_xxh128"];

    /// <summary>The key of a checksum of the header.</summary>
    public static string Header(ChecksumKind kind) => Headers[(int)kind];

    /// <summary>The key of a checksum of the data.</summary>
    public static string Data(ChecksumKind kind) => Datas[(int)kind];

    /// <summary>Whether a key is that of a checksum of the header.</summary>
    public static bool IsHeader(string key) => Headers.Contains(key);

    /// <summary>Whether a key is one of these.</summary>
    public static bool Has(string key) => Headers.Contains(key) || Datas.Contains(key);

    /// <summary>Which checksum of its header a file has; null when none.</summary>
    public static ChecksumKind? HeaderKind(IReadOnlyDictionary<string, string> metadata) => KindIn(metadata, Headers);

    /// <summary>Which checksum of its data a file has; null when none.</summary>
    public static ChecksumKind? DataKind(IReadOnlyDictionary<string, string> metadata) => KindIn(metadata, Datas);

    private static ChecksumKind? KindIn(IReadOnlyDictionary<string, string> metadata, string[] keys)
    {
        var kind = Array.FindIndex(keys, metadata.ContainsKey);
        return kind < 0 ? null : (ChecksumKind)kind;
    }
}
