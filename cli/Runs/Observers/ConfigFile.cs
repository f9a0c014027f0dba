using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Cli.Output;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Runs.Observers;

/// <summary>Writes <c>config.json</c>: all that it takes to make the run again, and what it ran on.</summary>
internal sealed class ConfigFile(RunContext run, RunFolder folder) : RunObserver
{
    private const string SessionsKey = "sessions";

    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public override void Started()
    {
        var sessions = run.IsResumed ? ReadSessions() : [];
        sessions.Add((JsonNode)DescribeSession());
        var network = run.Model.Network;
        var config = new JsonObject
        {
            ["scratchnet"] = CommandLine.Version,
            ["network"] = new JsonObject
            {
                ["shape"] = NetworkLines.Shape(network),
                ["parameters"] = network.ParameterCount,
                ["layers"] = Texts(network.Layers.Select(layer => layer.Description)),
            },
            ["dataset"] = DescribeData(),
            ["options"] = new JsonObject(
                run.Plan.Describe().Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value))),
            ["seed"] = run.Plan.Options.Seed,
            [SessionsKey] = sessions,
        };
        AtomicFile.Write(folder.Config, stream =>
        {
            using var json = new Utf8JsonWriter(stream, Readable);
            config.WriteTo(json);
        });
    }

    private JsonObject DescribeData() => new()
    {
        ["name"] = run.Model.DatasetName,
        ["xxh128"] = run.Model.DatasetFingerprint,
        ["height"] = run.Model.Format.Height,
        ["width"] = run.Model.Format.Width,
        ["classes"] = Texts(run.Model.ClassNames),
        ["train"] = run.Train.Count,
        ["validation"] = run.Validation?.Count ?? 0,
        ["test"] = run.Test.Count,
    };

    /// <summary>A run has one session, and one more for every time that it was resumed.</summary>
    private JsonObject DescribeSession()
    {
        var device = run.Backend.Device;
        return new JsonObject
        {
            ["started"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["epoch"] = run.Trainer.Epoch + 1,
            ["command"] = Command(),
            ["device"] = device.Id,
            ["device_name"] = device.Name,
            ["device_capabilities"] = device.Capabilities,
            ["threads"] = device.Kind == DeviceKind.Cpu ? device.Units : null,
            ["processors"] = Environment.ProcessorCount,
            ["system"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
            ["dotnet"] = Environment.Version.ToString(),
            ["scratchnet"] = CommandLine.Version,
        };
    }

    private JsonArray ReadSessions()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(folder.Config))![SessionsKey]!.DeepClone().AsArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or JsonException or NullReferenceException
            or InvalidOperationException)
        {
            // A run that began before there were such files, or whose file was damaged, goes on all the same.
            return [];
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static string Command() => string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("scratchnet").Select(
        word => word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_=./:,+@%".Contains(c)) ? word : $"'{word}'"));
}
