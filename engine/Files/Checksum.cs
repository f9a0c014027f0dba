using System.IO.Hashing;
using System.Security.Cryptography;

namespace ScratchNet.Engine.Files;

/// <summary>How bytes are summed up.</summary>
public enum ChecksumKind
{
    /// <summary>SHA-256: also shows that a file is the one that somebody published.</summary>
    Sha256,

    /// <summary>
    /// XXH128 (Y. Collet, the specification of the xxHash project): finds damage as surely and tells contents apart, in a
    /// fraction of the time, and without the system's library for SHA-256 and its 6 MB.
    /// </summary>
    XxHash128,
}

/// <summary>A checksum of bytes that come one piece after another.</summary>
public sealed class Checksum : IDisposable
{
    private readonly IncrementalHash? _sha256;
    private readonly XxHash128? _xxHash;

    /// <summary>Begins one.</summary>
    /// <param name="kind">Which.</param>
    public Checksum(ChecksumKind kind)
    {
        if (kind == ChecksumKind.Sha256)
        {
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else
        {
            _xxHash = new XxHash128();
        }
    }

    /// <summary>The checksum of some bytes; see <see cref="Digits"/>.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="bytes">All the bytes.</param>
    public static string Of(ChecksumKind kind, ReadOnlySpan<byte> bytes)
    {
        using var checksum = new Checksum(kind);
        checksum.Add(bytes);
        return checksum.Digits();
    }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">Any number of them.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _sha256?.AppendData(bytes);
        _xxHash?.Append(bytes);
    }

    /// <summary>The checksum of all bytes so far: lower-case hexadecimal digits, most significant first.</summary>
    public string Digits() => Convert.ToHexStringLower(_xxHash?.GetCurrentHash() ?? _sha256!.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _sha256?.Dispose();
}
