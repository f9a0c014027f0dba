using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine.Files;

/// <summary>
/// Networks in safetensors files. Weights stand there under their names as [inputs, outputs], biases as [outputs]; the metadata
/// holds the architecture as JSON, the seed, and the version that wrote the file. Whoever saves may add texts of its own.
/// </summary>
public static class NetworkFile
{
    private const string FormatKey = "format";
    private const string Format = "scratchnet-1";
    private const string ArchitectureKey = "architecture";
    private const string SeedKey = "seed";

    /// <summary>The version of the engine, as it stands in files.</summary>
    public static string Version { get; } =
        typeof(NetworkFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Saves a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <param name="metadata">Texts to keep with it.</param>
    /// <exception cref="ArgumentException">
    /// A key is one of <see cref="Describe"/>'s or comes twice, or a parameter has too many values for a file.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; an older one of that name stands.</exception>
    public static void Save(Network network, string path, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        AtomicFile.Write(path, stream => new SafetensorsWriter(
            Tensors(network), [.. Describe(network), .. metadata ?? []], ChecksumKind.Sha256).Write(stream));

    /// <summary>Loads a network.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file is damaged, or holds no network of this engine.</exception>
    public static Network Load(Backend backend, string path) => Build(backend, SafetensorsFile.Read(path), path);

    /// <summary>What the metadata of a network's file says.</summary>
    /// <param name="network">The network.</param>
    public static IEnumerable<KeyValuePair<string, string>> Describe(Network network) =>
    [
        new(FormatKey, Format),
        new("version", Version),
        new(ArchitectureKey, Architecture(network).ToJsonString()),
        new("weight_layout", "inputs x outputs: y = x·W + b"),
        new(SeedKey, network.Seed.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>A network's parameters as they stand in files, read when they are written.</summary>
    /// <param name="network">The network.</param>
    public static IEnumerable<TensorSource> Tensors(Network network) => network.Parameters.Select(parameter =>
        TensorSource.Of(parameter.Name, ShapeOf(parameter), parameter.Values.View));

    /// <summary>Makes the network that a file describes, with the file's weights.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="file">The file's contents.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <exception cref="ModelFileException">The file holds no network of this engine.</exception>
    public static Network Build(Backend backend, SafetensorsFile file, string path)
    {
        var format = file.Text(FormatKey);
        if (format != Format)
        {
            throw new ModelFileException($"{path}: its format is '{format}', but this version reads '{Format}'.");
        }

        try
        {
            var architecture = JsonNode.Parse(file.Text(ArchitectureKey))!;
            var layers = architecture["layers"]!.AsArray().Select(LayerFormat.Read).ToArray();
            var seed = ulong.Parse(file.Text(SeedKey), CultureInfo.InvariantCulture);
            return new Network(backend, (int)architecture["inputs"]!, layers, LossFormat.Read(architecture["loss"]), seed,
                parameter => file.Values(parameter.Name, ShapeOf(parameter)));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException or ShapeException
            or InvalidOperationException or NullReferenceException)
        {
            throw new ModelFileException($"{path}: its metadata describes no network: {exception.Message}", exception);
        }
    }

    /// <summary>Puts a file's weights into a network of the same architecture (an upload).</summary>
    /// <param name="network">The network.</param>
    /// <param name="file">The file's contents.</param>
    /// <exception cref="ModelFileException">The file holds another network.</exception>
    public static void LoadWeights(Network network, SafetensorsFile file)
    {
        // All are looked up before one is changed.
        var values = network.Parameters.Select(parameter => file.Values(parameter.Name, ShapeOf(parameter))).ToArray();
        foreach (var (parameter, saved) in network.Parameters.Zip(values))
        {
            parameter.Values.CopyFrom(saved);
        }
    }

    /// <summary>A network's layers and loss as JSON: two networks with the same text have the same architecture.</summary>
    /// <param name="network">The network.</param>
    public static JsonObject Architecture(Network network) => new()
    {
        ["inputs"] = network.Inputs,
        ["layers"] = new JsonArray([.. network.Layers.Select(LayerFormat.Write)]),
        ["loss"] = LossFormat.Write(network.Loss),
    };

    private static int[] ShapeOf(Parameter parameter) =>
        parameter.IsBias ? [parameter.Columns] : [parameter.Rows, parameter.Columns];
}
