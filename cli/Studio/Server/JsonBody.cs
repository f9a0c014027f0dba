using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>The JSON object of a request. Whatever is missing or of another kind is answered with a 400 that names it.</summary>
internal sealed class JsonBody
{
    private readonly JsonElement _root;

    private JsonBody(JsonElement root) => _root = root;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="RequestException">It is no JSON object.</exception>
    public static async Task<JsonBody> Read(HttpRequest request)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { MaxDepth = 16 }, request.HttpContext.RequestAborted);
            CheckTexts(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonBody(document.RootElement.Clone())
                : throw RequestException.Malformed($"the request must be a JSON object, but is {Kind(document.RootElement)}");
        }
        catch (InvalidOperationException)
        {
            throw RequestException.Malformed("the request holds a text that is no valid UTF-8");
        }
        catch (JsonException exception)
        {
            throw RequestException.Malformed(
                $"the request is no JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
    }

    /// <summary>Whether there is a value.</summary>
    public bool Has(string name) => _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text.</summary>
    public string Text(string name) => Get(name, JsonValueKind.String, "a text").GetString()!;

    /// <summary>A text, or null where there is none.</summary>
    public string? OptionalText(string name) => Has(name) ? Text(name) : null;

    /// <summary>A whole number within limits.</summary>
    public int Whole(string name, int min, int max) =>
        Get(name, JsonValueKind.Number, "a whole number").TryGetInt32(out var value) && value >= min && value <= max
            ? value
            : throw RequestException.Malformed($"'{name}' must be a whole number from {min} to {max}");

    /// <summary>A number within limits.</summary>
    public double Real(string name, double min, double max)
    {
        var value = Get(name, JsonValueKind.Number, "a number").GetDouble();
        return value >= min && value <= max
            ? value
            : throw RequestException.Malformed(FormattableString.Invariant($"'{name}' must be a number from {min} to {max}"));
    }

    /// <summary>A list.</summary>
    public IReadOnlyList<JsonElement> List(string name, int most)
    {
        var list = Get(name, JsonValueKind.Array, "a list");
        return list.GetArrayLength() <= most
            ? [.. list.EnumerateArray()]
            : throw RequestException.Malformed($"'{name}' has {list.GetArrayLength()} entries, but at most {most} are taken");
    }

    /// <summary>A list of finite numbers.</summary>
    public double[] Numbers(string name, int most) => [.. List(name, most).Select((entry, i) =>
        entry.ValueKind == JsonValueKind.Number && double.IsFinite(entry.GetDouble())
            ? entry.GetDouble()
            : throw RequestException.Malformed($"'{name}' must hold numbers, but entry {i} is {Kind(entry)}"))];

    /// <summary>An object whose values are texts.</summary>
    public IReadOnlyDictionary<string, string> Texts(string name)
    {
        var texts = new Dictionary<string, string>();
        foreach (var entry in Get(name, JsonValueKind.Object, "an object").EnumerateObject())
        {
            texts[entry.Name] = entry.Value.ValueKind == JsonValueKind.String
                ? entry.Value.GetString()!
                : throw RequestException.Malformed($"'{name}.{entry.Name}' must be a text, but is {Kind(entry.Value)}");
        }

        return texts;
    }

    /// <summary>The parser takes texts as they come; to read one that is no valid Unicode throws.</summary>
    private static void CheckTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            _ = value.GetString();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in value.EnumerateArray())
            {
                CheckTexts(entry);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in value.EnumerateObject())
            {
                _ = entry.Name;
                CheckTexts(entry.Value);
            }
        }
    }

    private JsonElement Get(string name, JsonValueKind kind, string what)
    {
        if (!_root.TryGetProperty(name, out var value))
        {
            throw RequestException.Malformed($"'{name}' is missing; it must be {what}");
        }

        return value.ValueKind == kind ? value
            : throw RequestException.Malformed($"'{name}' must be {what}, but is {Kind(value)}");
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
