using System.Text.Json;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>How a row compares with the same row of an earlier run.</summary>
/// <param name="Word">
/// <c>faster</c>, <c>slower</c>, <c>same</c>, <c>can't tell</c>, or <c>new</c> when there was no such row.
/// </param>
/// <param name="TimesFaster">Earlier time by present time; null without an earlier one.</param>
internal sealed record Change(string Word, double? TimesFaster);

/// <summary>The rows of an earlier run, from a file that <c>bench --json</c> wrote.</summary>
internal sealed class Baseline
{
    /// <summary>
    /// Differences below are no difference: two runs of one program differ by that much when the machine's clock does.
    /// </summary>
    private const double SameWithin = 1.05;

    private readonly Dictionary<string, (double Low, double Median, double High)> _times = [];

    /// <summary>
    /// The devices by id and name, each with what it was said to have; nothing in files that do not say. One card may be there
    /// under two ids, cuda:0 and opencl:0.
    /// </summary>
    private readonly Dictionary<(string Backend, string Device), string> _devices = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="FailureException">It is not such a file; the message names the line.</exception>
    public static Baseline Load(string file)
    {
        var baseline = new Baseline();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(line);
                baseline.Add(json.RootElement);
            }
            catch (Exception exception)
                when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                throw new FailureException($"{file}, line {number}, is no row of 'scratchnet bench --json'");
            }
        }

        return baseline._times.Count > 0 ? baseline
            : throw new FailureException($"{file} has no measured row of 'scratchnet bench --json'");
    }

    /// <summary>Compares a row with the one of the same operation, variant, backend, device, size, batch and threads.</summary>
    public Change? Compare(BenchRow row)
    {
        if (row.MedianSeconds is not { } median)
        {
            return null;
        }

        var shape = row.Shape;
        var key = Key(row.Op, row.Variant, row.Backend, row.Device, shape.M, shape.N, shape.K, shape.Transpose, shape.Batch,
            shape.Detail, row.Threads);
        return _times.TryGetValue(key, out var before)
            ? Judge((row.LowSeconds ?? double.NaN, median, row.HighSeconds ?? double.NaN), before)
            : new Change("new", null);
    }

    /// <summary>Why the figures may be of another machine; null when nothing speaks for it.</summary>
    /// <param name="backend">The id of the device that is measured now.</param>
    /// <param name="device">What its maker calls it.</param>
    /// <param name="capabilities">What tells it from others of that name.</param>
    public string? Doubt(string backend, string device, string capabilities) =>
        !_devices.TryGetValue((backend, device), out var before)
            ? $"the baseline has no row of {backend} ({device}): it is of another machine or device"
        : before.Length > 0 && before != capabilities
            ? $"the baseline is of another {device}, with {before}; this one has {capabilities}" : null;

    /// <summary>
    /// Compares two medians with their 95 % intervals. The ratio lies between its own ends: wholly above 1.05 is faster,
    /// wholly below 1/1.05 slower, wholly between the same; whatever crosses such a line, the noise hides.
    /// </summary>
    internal static Change Judge((double Low, double Median, double High) now, (double Low, double Median, double High) before)
    {
        var (least, most) = (before.Low / now.High, before.High / now.Low);
        var word = least > SameWithin ? "faster"
            : most < 1 / SameWithin ? "slower"
            : least >= 1 / SameWithin && most <= SameWithin ? "same"
            : "can't tell";
        return new Change(word, before.Median / now.Median);
    }

    private void Add(JsonElement row)
    {
        if (row.TryGetProperty("event", out _) || row.GetProperty("median_seconds").ValueKind == JsonValueKind.Null)
        {
            return;
        }

        string Text(string name) => row.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        int Whole(string name) => row.GetProperty(name).GetInt32();
        int? batch = row.TryGetProperty("batch", out var value) && value.ValueKind != JsonValueKind.Null ? value.GetInt32() : null;
        var key = Key(
            Text("op"), Text("variant"), Text("backend"), Text("device"), Whole("m"), Whole("n"), Whole("k"), Text("transpose"),
            batch, Text("detail"), Whole("threads"));
        _times[key] = Times(row);
        _devices[(Text("backend"), Text("device"))] = Text("capabilities");
    }

    /// <summary>The times of a row; one of too few samples has no interval, so its ends are NaN.</summary>
    private static (double Low, double Median, double High) Times(JsonElement row)
    {
        double Seconds(string name) => !row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null
            ? double.NaN
            : value.GetDouble() is var seconds and > 0 && double.IsFinite(seconds) ? seconds : throw new FormatException();
        var (low, median, high) = (Seconds("low_seconds"), Seconds("median_seconds"), Seconds("high_seconds"));
        return low > median || median > high ? throw new FormatException() : (low, median, high);
    }

    private static string Key(
        string op, string variant, string backend, string device, int m, int n, int k, string transpose, int? batch,
        string detail, int threads) =>
        string.Join('|', op, variant, backend, device, m, n, k, transpose, batch, detail, threads);
}
