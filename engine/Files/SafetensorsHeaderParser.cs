using System.Text.Json;

namespace ScratchNet.Engine.Files;

/// <summary>Reads a safetensors header token by token, so that every complaint can name its byte.</summary>
/// <remarks>
/// Stricter than JSON where the format's specification is: the first character is an opening brace, and no key comes twice.
/// Stricter than the specification in one thing: a tensor with a field other than the three is refused, not read half.
/// </remarks>
internal ref struct SafetensorsHeaderParser
{
    private readonly string _file;
    private readonly OrderedDictionary<string, string> _metadata = [];
    private readonly OrderedDictionary<string, TensorEntry> _tensors = [];
    private Utf8JsonReader _json;
    private int _checksumEnd;

    private SafetensorsHeaderParser(ReadOnlySpan<byte> header, string file)
    {
        _json = new Utf8JsonReader(header);
        _file = file;
    }

    private readonly long Offset => SafetensorsFile.HeaderStart + _json.TokenStartIndex;

    /// <summary>Parses a header.</summary>
    /// <param name="header">The bytes between the length and the data.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="ModelFileException">It is no well-formed header; names the byte.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> header, string file)
    {
        if (header.IsEmpty || header[0] != (byte)'{')
        {
            var found = header.IsEmpty ? "an empty header" : $"0x{header[0]:X2}";
            throw ModelFileException.At(file, SafetensorsFile.HeaderStart, $"the header must start with '{{', found {found}");
        }

        var parser = new SafetensorsHeaderParser(header, file);
        try
        {
            parser.ParseHeader();
        }
        catch (JsonException)
        {
            throw parser.Fail("the header is no valid JSON", SafetensorsFile.HeaderStart + parser._json.BytesConsumed);
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that a text's UTF-8, or the UTF-16 of its escapes, is broken.
            throw parser.Fail("the header's text is not valid", parser.Offset);
        }

        return new SafetensorsHeader(parser._metadata, parser._tensors, parser._checksumEnd);
    }

    private void ParseHeader()
    {
        var hasMetadata = false;
        Next(JsonTokenType.StartObject, "the header");
        while (NextKey(out var name))
        {
            if (name != SafetensorsFile.MetadataKey)
            {
                var offset = Offset;
                Unique(_tensors.TryAdd(name, ParseTensor(name, offset)), name, offset);
                continue;
            }

            Unique(!hasMetadata, name, Offset);
            hasMetadata = true;
            ParseMetadata();
        }

        // Reads on to the last byte: only white space may follow.
        _json.Read();
    }

    private void ParseMetadata()
    {
        Next(JsonTokenType.StartObject, SafetensorsFile.MetadataKey);
        while (NextKey(out var key))
        {
            var offset = Offset;
            Next(JsonTokenType.String, $"metadata {ModelFileException.Quote(key)}");
            Unique(_metadata.TryAdd(key, _json.GetString()!), key, offset);
            if (ChecksumKeys.IsHeader(key))
            {
                _checksumEnd = (int)_json.BytesConsumed;
            }
        }
    }

    private TensorEntry ParseTensor(string name, long offset)
    {
        var label = $"tensor {ModelFileException.Quote(name)}";
        var seen = new HashSet<string>();
        int[] shape = [];
        long[] span = [];
        Next(JsonTokenType.StartObject, label);
        while (NextKey(out var field))
        {
            Unique(seen.Add(field), field, Offset);
            switch (field)
            {
                case "dtype":
                    ParseType(label);
                    break;
                case "shape":
                    shape = Array.ConvertAll(ParseSizes($"the shape of {label}", int.MaxValue), size => (int)size);
                    break;
                case "data_offsets":
                    span = ParseSizes($"the data_offsets of {label}", long.MaxValue);
                    break;
                default:
                    throw Fail($"{label} has an unknown field {ModelFileException.Quote(field)}", Offset);
            }
        }

        if (seen.Count != 3 || span.Length != 2)
        {
            throw Fail($"{label} must have a dtype, a shape and two data_offsets", offset);
        }

        return new TensorEntry(name, shape, span[0], span[1], offset);
    }

    private void ParseType(string label)
    {
        Next(JsonTokenType.String, $"the dtype of {label}");
        if (_json.GetString() is var found && found != "F32")
        {
            throw ModelFileException.At(_file, Offset, $"{label} has dtype {ModelFileException.Quote(found!)}, expected \"F32\"",
                "Convert the file to float32, the only type that is read here.");
        }
    }

    private long[] ParseSizes(string label, long most)
    {
        var sizes = new List<long>();
        Next(JsonTokenType.StartArray, label);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var size) || size < 0 || size > most)
            {
                throw Fail($"{label} must be whole numbers from 0 to {most}", Offset);
            }

            sizes.Add(size);
        }

        return [.. sizes];
    }

    // The next key of the object being read, or false at its end.
    private bool NextKey(out string key)
    {
        _json.Read();
        key = _json.TokenType == JsonTokenType.PropertyName ? _json.GetString()! : "";
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    private void Next(JsonTokenType expected, string label)
    {
        _json.Read();
        if (_json.TokenType != expected)
        {
            throw Fail($"{label}: expected {Describe(expected)}, found {Describe(_json.TokenType)}", Offset);
        }
    }

    private readonly void Unique(bool first, string key, long offset)
    {
        if (!first)
        {
            throw Fail($"{ModelFileException.Quote(key)} appears twice", offset);
        }
    }

    private readonly ModelFileException Fail(string problem, long offset) => ModelFileException.At(_file, offset, problem);

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        _ => type.ToString().ToLowerInvariant(),
    };
}
