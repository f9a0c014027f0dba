using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace ScratchNet.Engine.Files;

/// <summary>
/// A safetensors file: named float32 tensors and a text-to-text map, readable by any program that knows the format.
/// </summary>
/// <remarks>
/// <para>Layout (the format's specification is the README of the safetensors project):</para>
/// <code>
/// 8 bytes   n, the header's length, little-endian
/// n bytes   JSON: {"__metadata__":{"key":"text",…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
///           padded with spaces so that the data starts at a multiple of 8
/// the rest  the tensors' values, little-endian, row-major; data_offsets count from here; no gaps, no overlaps
/// </code>
/// <para>
/// Two metadata keys are the file's own: <c>header_sha256</c>, the SHA-256 of the header after that key's value, and
/// <c>data_sha256</c>, that of the data; or <c>header_xxh128</c> and <c>data_xxh128</c> (see <see cref="ChecksumKind"/>). They
/// come first in the file and together: a change of any one byte of it is found, be it in a weight or in a metadata text. Files
/// of others, which have neither, are read without this check.
/// </para>
/// </remarks>
public sealed partial class SafetensorsFile
{
    /// <summary>The key of the header that holds the metadata; no tensor can have this name.</summary>
    internal const string MetadataKey = "__metadata__";

    /// <summary>Bytes before the header: its length.</summary>
    internal const int HeaderStart = sizeof(ulong);

    // The format's own limit, against headers made to exhaust memory.
    internal const int LongestHeader = 100_000_000;

    private const string OtherNetwork = "The file holds another network; take the one that belongs to this one.";

    private readonly OrderedDictionary<string, string> _metadata;
    private readonly OrderedDictionary<string, StoredTensor> _tensors;
    private readonly string _name = "the model";

    /// <summary>A file to be written.</summary>
    /// <param name="tensors">The tensors, in the order in which they shall lie in the file.</param>
    /// <param name="metadata">Texts to keep with them, in their order.</param>
    /// <exception cref="ArgumentException">
    /// A name comes twice, is <c>__metadata__</c> or one of the checksums' keys, or is no valid UTF-16; or a tensor's shape
    /// does not agree with its number of values.
    /// </exception>
    public SafetensorsFile(IEnumerable<StoredTensor> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        _metadata = [];
        foreach (var (key, value) in metadata ?? [])
        {
            CheckMetadata(key, value, isNew: _metadata.TryAdd(key, value));
        }

        _tensors = [];
        foreach (var tensor in tensors)
        {
            CheckTensor(tensor);
            CheckName(tensor.Name, isNew: _tensors.TryAdd(tensor.Name, tensor));
        }
    }

    private SafetensorsFile(
        OrderedDictionary<string, StoredTensor> tensors, OrderedDictionary<string, string> metadata, string name)
    {
        (_tensors, _metadata, _name) = (tensors, metadata, name);
    }

    /// <summary>Which checksum guards the file when it is written; XXH128 is for files that are written often.</summary>
    public ChecksumKind ChecksumKind { get; init; }

    /// <summary>The metadata, in the file's order, without the checksums.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors by name, in the file's order.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    /// <summary>The values of a tensor that must be there with a certain shape.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <returns>Its values, row-major; not a copy.</returns>
    /// <exception cref="ModelFileException">It is missing or has another shape; names file, tensor and both shapes.</exception>
    public float[] Values(string name, params ReadOnlySpan<int> shape)
    {
        var label = $"tensor {ModelFileException.Quote(name)} of shape {StoredTensor.Format(shape)}";
        if (!_tensors.TryGetValue(name, out var tensor))
        {
            throw new ModelFileException($"{_name}: {label} is missing. {OtherNetwork}");
        }

        if (!shape.SequenceEqual(tensor.Shape))
        {
            throw new ModelFileException(
                $"{_name}: {label} expected, found shape {StoredTensor.Format(tensor.Shape)}. {OtherNetwork}");
        }

        return tensor.Values;
    }

    /// <summary>A text that must be in the metadata.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="ModelFileException">It is not; names the file and the key.</exception>
    public string Text(string key) => _metadata.TryGetValue(key, out var text)
        ? text
        : throw new ModelFileException($"{_name}: metadata {ModelFileException.Quote(key)} is missing. " +
            "The file was not saved by ScratchNet; save the model again.");

    /// <summary>Throws an <see cref="ArgumentException"/> unless a text can stand in the metadata.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The text.</param>
    /// <param name="isNew">Whether the key did not come before.</param>
    internal static void CheckMetadata(string key, string value, bool isNew)
    {
        CheckText(key);
        CheckText(value);
        if (ChecksumKeys.Has(key) || !isNew)
        {
            throw new ArgumentException($"Metadata key {ModelFileException.Quote(key)} is reserved or comes twice.");
        }
    }

    /// <summary>Throws an <see cref="ArgumentException"/> unless a tensor can have a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isNew">Whether it did not come before.</param>
    internal static void CheckName(string name, bool isNew)
    {
        CheckText(name);
        if (name == MetadataKey || !isNew)
        {
            throw new ArgumentException($"Tensor {ModelFileException.Quote(name)} is reserved or comes twice.");
        }
    }

    private static void CheckTensor(StoredTensor tensor)
    {
        if (!StoredTensor.CanHave(tensor.Shape, out var count) || count != tensor.Values.Length)
        {
            throw new ArgumentException($"Tensor {ModelFileException.Quote(tensor.Name)} has shape " +
                $"{StoredTensor.Format(tensor.Shape)} but {tensor.Values.Length} values.");
        }
    }

    // Half a surrogate pair would come back from the file as another character.
    private static void CheckText(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done)
            {
                throw new ArgumentException($"{ModelFileException.Quote(text)} holds half a surrogate pair.");
            }

            rest = rest[consumed..];
        }
    }

    private static Span<byte> Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan());
}
