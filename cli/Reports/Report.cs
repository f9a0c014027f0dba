using ScratchNet.Kernels;
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ScratchNet.Cli.Reports;

/// <summary>
/// Makes the page about one run, or about several. It is one file that asks for no other: style, scripts and all figures stand in
/// it, the figures as JSON, from which the scripts draw.
/// </summary>
internal static class Report
{
    private static readonly string[] Scripts = ["dom.js", "charts.js", "pictures.js", "run.js", "compare.js", "main.js"];

    private static readonly string[] LayerColumns =
    [
        "output_mean", "output_deviation", "zeros", "dead_units", "saturated", "weight_norm", "gradient_norm",
    ];

    private static readonly string[] MetricColumns =
    [
        "epoch", "learning_rate", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "seconds",
        "images_per_second", "data_seconds", "forward_seconds", "backward_seconds", "update_seconds",
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="runs">One run, or several to compare.</param>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="FailureException">A run's table holds something that is no number.</exception>
    public static void Write(IReadOnlyList<RunData> runs, string path)
    {
        var page = Page(runs);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
    }

    /// <summary>The page as text.</summary>
    public static string Page(IReadOnlyList<RunData> runs) => Asset("report.html")
        .Replace("/*style*/", Asset("report.css"), StringComparison.Ordinal)
        .Replace("/*script*/", string.Concat(Scripts.Select(Asset)), StringComparison.Ordinal)
        .Replace("/*data*/", Data(runs), StringComparison.Ordinal);

    /// <summary>A part of a page, as text.</summary>
    public static string Asset(string name)
    {
        using var stream = typeof(Report).Assembly.GetManifestResourceStream($"Reports/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The figures. The encoder writes &lt; as an escape, so no text of a person's can end the script element.</summary>
    private static string Data(IReadOnlyList<RunData> runs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("scratchnet", CommandLine.Version);
            json.WriteString("written", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
            json.WriteStartArray("runs");
            foreach (var run in runs)
            {
                WriteRun(json, run);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteRun(Utf8JsonWriter json, RunData run)
    {
        json.WriteStartObject();
        json.WriteString("name", run.Name);
        json.WritePropertyName("config");
        run.Config.WriteTo(json);
        json.WriteStartObject("metrics");
        Array.ForEach(MetricColumns, column => WriteNumbers(json, column, run.Metrics.Numbers(column)));
        json.WriteEndObject();
        json.WriteStartArray("layers");
        WriteLayers(json, run.Layers);
        json.WriteEndArray();
        json.WritePropertyName("result");
        WriteOrNull(run.Result is null, () => run.Result!.WriteTo(json));
        json.WritePropertyName("first_layer");
        WriteOrNull(run.FirstLayer is null, () => run.FirstLayer!.Describe(json));
        json.WriteEndObject();

        void WriteOrNull(bool isNull, Action write)
        {
            if (isNull)
            {
                json.WriteNullValue();
            }
            else
            {
                write();
            }
        }
    }

    /// <summary>Turns rows of epoch and layer into one object a layer.</summary>
    private static void WriteLayers(Utf8JsonWriter json, RunTable? table)
    {
        if (table is null)
        {
            return;
        }

        var (epochs, layers, descriptions) =
            (table.Numbers("epoch"), table.Numbers("layer"), table.Texts("description").ToArray());
        var columns = LayerColumns.Select(column => (Name: column, Values: table.Numbers(column))).ToArray();
        foreach (var rows in Enumerable.Range(0, table.Rows).GroupBy(row => layers[row]))
        {
            json.WriteStartObject();
            json.WriteNumber("layer", rows.Key ?? 0);
            json.WriteString("description", descriptions[rows.First()]);
            WriteNumbers(json, "epoch", rows.Select(row => epochs[row]));
            Array.ForEach(columns, column => WriteNumbers(json, column.Name, rows.Select(row => column.Values[row])));
            json.WriteEndObject();
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double?> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (value is { } number)
            {
                // Six digits draw any curve.
                json.WriteRawValue(number.ToString("G6", CultureInfo.InvariantCulture));
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
