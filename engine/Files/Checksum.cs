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
public abstract class Checksum : IDisposable
{
    private Checksum()
    {
    }

    /// <summary>Begins one.</summary>
    /// <param name="kind">Which.</param>
    public static Checksum Begin(ChecksumKind kind) => kind == ChecksumKind.Sha256 ? new OfSha256() : new OfXxHash128();

    /// <summary>The checksum of some bytes; see <see cref="Digits"/>.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="bytes">All the bytes.</param>
    public static string Of(ChecksumKind kind, ReadOnlySpan<byte> bytes)
    {
        using var checksum = Begin(kind);
        checksum.Add(bytes);
        return checksum.Digits();
    }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">Any number of them.</param>
    public abstract void Add(ReadOnlySpan<byte> bytes);

    /// <summary>The checksum of all bytes so far: lower-case hexadecimal digits, most significant first.</summary>
    public string Digits() => Convert.ToHexStringLower(Current());

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private protected abstract byte[] Current();

    // A class of its own, so that who needs no SHA-256 does not load its library either.
    private sealed class OfSha256 : Checksum
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override void Add(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public override void Dispose() => _hash.Dispose();

        private protected override byte[] Current() => _hash.GetCurrentHash();
    }

    private sealed class OfXxHash128 : Checksum
    {
        private readonly XxHash128 _hash = new();

        public override void Add(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

        private protected override byte[] Current() => _hash.GetCurrentHash();
    }
}
