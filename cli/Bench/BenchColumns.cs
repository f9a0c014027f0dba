using System.Globalization;
using System.Text.Json;
using ScratchNet.Cli.Output;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>A row with what is known of it only beside others.</summary>
/// <param name="Row">What was measured.</param>
/// <param name="PercentOfBest">Its speed as a share of the best at this size, in percent.</param>
/// <param name="Change">Against an earlier run; null when none was asked for.</param>
internal sealed record ReportedRow(BenchRow Row, double? PercentOfBest, Change? Change);

/// <summary>A row for programs: the names and values of its fields, the same in JSON and CSV.</summary>
internal static class BenchColumns
{
    /// <summary>Every field, in order. Values are texts, numbers, booleans or null.</summary>
    public static IReadOnlyList<(string Name, Func<ReportedRow, object?> Value)> All { get; } =
    [
        ("op", reported => reported.Row.Op),
        ("variant", reported => reported.Row.Variant),
        ("backend", reported => reported.Row.Backend),
        ("device", reported => reported.Row.Device),
        ("m", reported => reported.Row.Shape.M),
        ("n", reported => reported.Row.Shape.N),
        ("k", reported => reported.Row.Shape.K),
        ("transpose", reported => reported.Row.Shape.Transpose),
        ("batch", reported => reported.Row.Shape.Batch),
        ("detail", reported => reported.Row.Shape.Detail),
        ("median_seconds", reported => reported.Row.MedianSeconds),
        ("low_seconds", reported => reported.Row.LowSeconds),
        ("high_seconds", reported => reported.Row.HighSeconds),
        ("spread", reported => reported.Row.Spread),
        ("gflops", reported => reported.Row.Gflops),
        ("gbps", reported => reported.Row.Gbps),
        ("percent_of_peak", reported => reported.Row.PercentOfPeak),
        ("limit", reported => reported.Row.Limit),
        ("floor_seconds", reported => reported.Row.FloorSeconds),
        ("percent_of_fma", reported => reported.Row.PercentOfFma),
        ("percent_of_best", reported => reported.PercentOfBest),
        ("error_ulp", reported => reported.Row.ErrorUlp),
        ("compile_seconds", reported => reported.Row.CompileSeconds),
        ("copy_seconds", reported => reported.Row.CopySeconds),
        ("launches", reported => reported.Row.Launches),
        ("saves_seconds", reported => reported.Row.SavesSeconds),
        ("threads", reported => reported.Row.Threads),
        ("verified", reported => reported.Row.Verified),
        ("chosen", reported => reported.Row.IsChosen),
        ("reason", reported => reported.Row.Reason),
        ("change", reported => reported.Change?.Word),
        ("times_faster", reported => reported.Change?.TimesFaster),
        ("capabilities", reported => reported.Row.Capabilities),
    ];

    /// <summary>Writes a row as one JSON object.</summary>
    public static void WriteJson(TextWriter output, ReportedRow row) => JsonLine.Write(output, json => WriteFields(json, row));

    /// <summary>Writes a row's fields into an object.</summary>
    public static void WriteFields(Utf8JsonWriter json, ReportedRow row)
    {
        foreach (var (name, value) in All)
        {
            WriteValue(json, name, value(row));
        }
    }

    /// <summary>The names as the first line of a CSV file.</summary>
    public static string CsvHeader => string.Join(',', All.Select(column => column.Name));

    /// <summary>A row as a line of it.</summary>
    public static string Csv(ReportedRow row) => string.Join(',', All.Select(column => Quote(column.Value(row) switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    })));

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            default:
                json.WriteFinite(name, (double?)value);
                break;
        }
    }

    /// <summary>RFC 4180: a field with a comma, a quote or a line break stands in quotes.</summary>
    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
