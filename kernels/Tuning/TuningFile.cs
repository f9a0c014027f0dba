using System.Text.Json;

namespace ScratchNet.Kernels;

/// <summary>
/// What the autotuner measured on one device, as a file in the cache folder. It counts only for the very device, driver and
/// version of this library that it was measured with: another driver compiles other code, another version has other kernels.
/// </summary>
/// <param name="Device">The device.</param>
/// <param name="Folder">The folder of all tuning files; left out, the one in the cache folder.</param>
internal sealed record TuningFile(DeviceInfo Device, string? Folder = null)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private static string Version { get; } = typeof(TuningFile).Assembly.GetName().Version!.ToString();

    /// <summary>Where it is, or would be: one file for each device, which names the driver that it counts for.</summary>
    public string Path => System.IO.Path.Combine(
        Folder ?? System.IO.Path.Combine(CacheFolder.Of(), "tuning"), $"{Plain(Device.Id)}-{Plain(Device.Name)}.json");

    /// <summary>
    /// Reads it. One that does not count is rewritten as an empty one, which leaves every choice to the built-in table: it is
    /// warned of once.
    /// </summary>
    /// <param name="warning">Why it was there but is ignored, in one line with what to do; null when nothing is wrong.</param>
    /// <returns>What it says; null when there is none that counts.</returns>
    public MatMulTuning? Read(out string? warning)
    {
        warning = null;
        if (!File.Exists(Path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path));
            var root = json.RootElement;
            var stale = Differs(root, "version", Version)
                ?? Differs(root, "device", Device.Name) ?? Differs(root, "driver", Device.Driver);
            if (stale is null)
            {
                TunedKernel[] kernels = [.. root.GetProperty("kernels").EnumerateArray().Select(ReadKernel)];
                return kernels.Length > 0 ? new MatMulTuning(kernels) : null;
            }

            warning = Replaced($"it was measured with another {stale}");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException
            or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            warning = Replaced($"it is damaged ({exception.Message.ReplaceLineEndings(" ")})");
        }

        return null;
    }

    /// <summary>Writes what was measured, whole or not at all: another process may read it at any moment.</summary>
    /// <param name="tuning">What was measured.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(MatMulTuning tuning) => AtomicFile.Write(Path, stream => Write(stream, tuning));

    private void Write(Stream stream, MatMulTuning tuning)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteString("version", Version);
        json.WriteString("device", Device.Name);
        json.WriteString("driver", Device.Driver);
        json.WriteStartArray("kernels");
        foreach (var kernel in tuning.Kernels)
        {
            json.WriteStartObject();
            json.WriteString("class", MatMulClasses.NameOf(kernel.Class));
            json.WriteString("variant", kernel.Variant);
            json.WriteString("tile", kernel.Tile);
            json.WriteNumber("gflops", Math.Round(kernel.Gflops, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static TunedKernel ReadKernel(JsonElement json)
    {
        var (name, variant, tile) = (
            json.GetProperty("class").GetString(),
            json.GetProperty("variant").GetString()!,
            json.GetProperty("tile").GetString());
        var rung = MatMulSpec.TiledRungs.FirstOrDefault(candidate => candidate.Rung == variant);
        var isKnown = rung is not null && (rung.OwnPick is null || tile is not null)
            ? rung.Shapes.Any(shape => shape.Name == tile)
            : tile is null && MatMulSpec.Operation.Variants.Any(
                candidate => candidate.Name == variant && candidate is { Target: Target.Gpu, IsPeer: false });
        var kinds = MatMulClasses.All.Where(kind => MatMulClasses.NameOf(kind) == name).ToArray();
        return isKnown && kinds.Length == 1
            ? new TunedKernel(kinds[0], variant, tile, json.GetProperty("gflops").GetDouble())
            : throw new FormatException($"there is no kernel {variant} {tile} for {name}");
    }

    private static string? Differs(JsonElement root, string name, string expected) =>
        root.GetProperty(name).GetString() == expected ? null : name;

    /// <summary>A name as part of a file's: letters and digits.</summary>
    private static string Plain(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-')).Trim('-');

    private string Replaced(string why)
    {
        var outcome = "and was rewritten to hold nothing";
        try
        {
            Write(new MatMulTuning([]));
        }
        catch (IOException)
        {
            outcome = "and cannot be rewritten";
        }

        return $"{Path} is ignored, because {why}, {outcome}; the built-in choice of kernels is used until "
            + $"'scratchnet tune --device {Device.Id}' measures anew";
    }
}
