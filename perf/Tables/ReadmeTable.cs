using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Cli.Bench;
using ScratchNet.Cli.Output;

namespace ScratchNet.Perf;

/// <summary>A table that stands in a README, made of what a suite recorded.</summary>
/// <param name="Name">What its marker calls it.</param>
/// <param name="Suite">The suite.</param>
/// <param name="Make">Makes the table.</param>
internal sealed record ReadmeTable(string Name, string Suite, Func<Recording, TextTable> Make)
{
    /// <summary>How rows call ScratchNet.</summary>
    private const string Own = "simd";

    /// <summary>Every table.</summary>
    public static IReadOnlyList<ReadmeTable> All { get; } =
    [
        new("training", "training", Training),
        new("traditional", "training", Traditional),
        new("matmul-cpu", "matmul-cpu", Summary),
        new("matmul-cpu-squares", "matmul-cpu", Squares),
        new("ladder-processor", "ladder", recording => Ladder(recording, row => Text(row, "backend") == "cpu")),
        new("ladder-opencl", "ladder", recording => Ladder(recording, row => Text(row, "backend") != "cpu")),
        new("matmul-opencl", "matmul-opencl", Summary),
        new("elementwise", "elementwise", Summary),
        new("elementwise-in-cache", "elementwise", InCache),
        new("elementwise-out-of-cache", "elementwise", OutOfCache),
        new("scaling", "scaling", Scaling),
        new("micro", "micro", Micro),
    ];

    /// <summary>The table in Markdown, and under it when and on what it was measured.</summary>
    public string Text(Recording recording)
    {
        using var text = new StringWriter { NewLine = "\n" };
        Make(recording).WriteMarkdown(text);
        var (first, last) = recording.Dates;
        var versions = string.Join(", ", recording.Versions.Prepend(recording.Machine));
        text.WriteLine($"\nMeasured {(first == last ? first : $"{first} to {last}")} on {versions}.");
        return text.ToString();
    }

    /// <summary>How many times faster ScratchNet is, by group, peer and threads.</summary>
    private static TextTable Summary(Recording recording)
    {
        var table = new TextTable("shapes", "compared with", " threads", " number", " times as fast (geometric mean)", " worst");
        foreach (var of in recording.Rows.Where(row => Number(row, "ratio") is not null)
            .GroupBy(row => (Group: Text(row, "group"), Peer: Text(row, "variant"), Threads: Text(row, "threads"))))
        {
            double[] ratios = [.. of.Select(row => Number(row, "ratio")!.Value)];
            table.Add(of.Key.Group, of.Key.Peer, of.Key.Threads, Form(ratios.Length, "0"),
                Form(SuiteReport.GeometricMean(ratios), "0.00"), Form(ratios.Min(), "0.00"));
        }

        return table;
    }

    private static TextTable Squares(Recording recording) => Pivot("GFLOP/s, threads",
        recording.Rows.Where(row => Text(row, "group") == "squares"),
        row => $"{Who(row)}, {Text(row, "threads")}", row => Text(row, "m"), row => Form(Number(row, "gflops"), "0"));

    private static TextTable Ladder(Recording recording, Func<JsonObject, bool> isShown) => Pivot("GFLOP/s (% of the peak)",
        recording.Rows.Where(row => isShown(row) && Number(row, "gflops") is not null),
        row => Text(row, "variant") + (Text(row, "backend") != "cpu" ? ""
            : $", {(Text(row, "group") == "processor" ? "widest vectors" : Text(row, "group"))}, {Threads(row)}"),
        row => Text(row, "m"),
        row => Form(Number(row, "gflops"), "0.0")
            + (Number(row, "percent_of_peak") is { } share ? $" ({Form(share, "0")} %)" : ""));

    private static TextTable InCache(Recording recording) => Pivot("microseconds",
        recording.Rows.Where(row => Text(row, "group") == "in cache" && Text(row, "threads") == "1"),
        row => Text(row, "op"), Who, row => Form(1e6 * Number(row, "median_seconds"), "0.00") + Times(row));

    private static TextTable OutOfCache(Recording recording) => Pivot("GB/s, % of the bandwidth",
        recording.Rows.Where(row => Text(row, "group") == "out of cache" && Text(row, "variant") == Own),
        row => Text(row, "op"), Threads,
        row => Form(Number(row, "gbps"), "0") + (Number(row, "percent_of_peak") is { } share ? $", {Form(share, "0")} %" : ""));

    private static TextTable Training(Recording recording) => Pivot("network, batch, threads",
        recording.Rows.Where(row => Text(row, "op") == "epoch")
            .OrderBy(PlaceOfCase).ThenBy(row => Number(row, "threads")).ThenBy(PlaceOfPeer),
        row => $"{Text(row, "detail")}, {Text(row, "batch")}, {Text(row, "threads")}{Part(row)}", Who,
        row => BenchTables.Time(Number(row, "median_seconds")) + Times(row)
            + (Text(row, "variant") == Own ? $", {Form(Number(row, "percent_of_fma"), "0")} % of fma peak" : ""));

    private static int PlaceOfCase(JsonObject row) => TrainingCase.All.ToList()
        .FindIndex(what => what.Network == Text(row, "detail") && Form(what.Batch, "0") == Text(row, "batch"));

    private static int PlaceOfPeer(JsonObject row) =>
        TrainingPeer.Networks.ToList().FindIndex(peer => peer.Name == Text(row, "variant"));

    private static TextTable Traditional(Recording recording)
    {
        var table = new TextTable("method", " threads", " time to fit", "accuracy");
        foreach (var row in recording.Rows.Where(row => Text(row, "op") == "fit"))
        {
            // Recordings until November 2026 have the remark where a row without a figure has its reason.
            var remark = row["remark"] is not null ? "remark" : "reason";
            table.Add(Who(row), Text(row, "threads"), BenchTables.Time(Number(row, "median_seconds")), Text(row, remark));
        }

        return table;
    }

    private static TextTable Scaling(Recording recording)
    {
        var table = new TextTable("against", "what grows", "as the power", " points");
        foreach (var fit in recording.Events("fit"))
        {
            var error = Number(fit, "standard_error") is { } known ? $" ± {Form(known, "0.00")}" : "";
            table.Add(
                Text(fit, "group"), Text(fit, "quantity"), Form(Number(fit, "exponent"), "0.00") + error, Text(fit, "points"));
        }

        return table;
    }

    private static TextTable Micro(Recording recording) => Pivot("nanoseconds", recording.Rows,
        row => $"{Text(row, "op")} {Text(row, "detail")}", Who,
        row => Form(1e9 * Number(row, "median_seconds"), "0.0") + Times(row));

    /// <summary>One line for each name, one column for each kind; what was not measured stays empty.</summary>
    private static TextTable Pivot(string title, IEnumerable<JsonObject> rows,
        Func<JsonObject, string> name, Func<JsonObject, string> column, Func<JsonObject, string> cell)
    {
        JsonObject[] all = [.. rows];
        string[] columns = [.. all.Select(column).Distinct()];
        var table = new TextTable([title, .. columns.Select(text => " " + text)]);
        foreach (var line in all.GroupBy(name))
        {
            var cells = columns.Select(text => line.LastOrDefault(row => column(row) == text) is { } row ? cell(row) : "");
            table.Add([line.Key, .. cells]);
        }

        return table;
    }

    private static string Who(JsonObject row) => Text(row, "variant") == Own ? "ScratchNet" : Text(row, "variant");

    /// <summary>By how much ScratchNet is faster than a peer.</summary>
    private static string Times(JsonObject row) => Number(row, "ratio") is { } ratio ? $" ({Form(ratio, "0.00")}x)" : "";

    private static string Threads(JsonObject row) => Text(row, "threads") == "1" ? "1 thread" : $"{Text(row, "threads")} threads";

    private static string Part(JsonObject row) =>
        Number(row, "m") is { } images && images != TrainingCase.WholeSet ? $" ({Form(images, "0")} images)" : "";

    private static string Text(JsonObject row, string field) => row[field]?.ToString() ?? "";

    private static double? Number(JsonObject row, string field) => (double?)row[field];

    private static string Form(double? value, string form) => value?.ToString(form, CultureInfo.InvariantCulture) ?? "";
}
