using System.IO.Hashing;
using System.Security.Cryptography;

namespace ScratchNet.Engine.Files;

/// <summary>The checksum of a safetensors file's data, of the kind that a metadata key names.</summary>
/// <remarks>
/// SHA-256 also shows that a model is the one that somebody published. XXH128 (Y. Collet, the specification of the xxHash
/// project) finds damage as surely, and takes a fraction of the time: it is for files that are written all the time.
/// </remarks>
internal sealed class DataChecksum : IDisposable
{
    /// <summary>The metadata key of a SHA-256 in hexadecimal digits.</summary>
    public const string Sha256Key = "data_sha256";

    /// <summary>The metadata key of an XXH128 in hexadecimal digits, most significant first.</summary>
    public const string XxHash128Key = "data_xxh128";

    private readonly IncrementalHash? _sha256;
    private readonly XxHash128? _xxHash;

    private DataChecksum(string key)
    {
        Key = key;
        if (key == XxHash128Key)
        {
            _xxHash = new XxHash128();
        }
        else
        {
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>The metadata key that names the kind.</summary>
    public string Key { get; }

    /// <summary>Begins one.</summary>
    /// <param name="isFast">XXH128 instead of SHA-256.</param>
    public static DataChecksum Begin(bool isFast) => new(isFast ? XxHash128Key : Sha256Key);

    /// <summary>Begins one of the kind that a file has; null when it has none.</summary>
    /// <param name="metadata">The file's metadata.</param>
    public static DataChecksum? Of(IReadOnlyDictionary<string, string> metadata) =>
        KeyIn(metadata) is { } key ? new DataChecksum(key) : null;

    /// <summary>The key of a file's checksum; null when it has none.</summary>
    /// <param name="metadata">The file's metadata.</param>
    public static string? KeyIn(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Keys.FirstOrDefault(key => key is Sha256Key or XxHash128Key);

    /// <summary>Takes the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _sha256?.AppendData(bytes);
        _xxHash?.Append(bytes);
    }

    /// <summary>The digits of the checksum of all bytes so far.</summary>
    public string Digits() => Convert.ToHexStringLower(_xxHash?.GetCurrentHash() ?? _sha256!.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _sha256?.Dispose();
}
