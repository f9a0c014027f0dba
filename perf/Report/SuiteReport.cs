using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Cli;
using ScratchNet.Cli.Bench;
using ScratchNet.Cli.Output;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// What a suite found, as it finds it: rows like the bench's, and at the end a summary for each group, peer and number of
/// threads. A table for people, one JSON object a line for programs.
/// </summary>
/// <param name="suite">The suite's name.</param>
/// <param name="terminal">Where to write.</param>
/// <param name="isJson">Whether a program reads it.</param>
/// <param name="threads">Numbers of threads to measure with.</param>
/// <param name="recording">Where to keep it; null to keep nothing.</param>
/// <param name="cancel">Stops the suite.</param>
internal sealed class SuiteReport(
    string suite, Terminal terminal, bool isJson, IReadOnlyList<int> threads, Recording? recording = null,
    CancellationToken cancel = default)
{
    /// <summary>The peak is itself measured, on a clock that moves: a figure this much above it is still noise.</summary>
    public const double PeakTolerance = 1.05;

    private readonly List<(string Group, string Peer, int Threads, double Ratio)> _ratios = [];
    private readonly HashSet<string> _peers = [];
    private bool _hasHead;
    private bool _hasFailed;

    /// <summary>Numbers of threads to measure with.</summary>
    public IReadOnlyList<int> Threads => threads;

    /// <summary>Stops the suite between two samples.</summary>
    public CancellationToken Cancel => cancel;

    /// <summary>Whether a peer was chosen and is there.</summary>
    public bool Has(string peer) => _peers.Contains(peer);

    /// <summary>Takes those of the peers that are there; of the others says why not.</summary>
    public void Choose(IEnumerable<Peer> peers)
    {
        foreach (var peer in peers)
        {
            if (peer.WhyNot() is { } reason)
            {
                Skip(peer.Name, reason);
            }
            else
            {
                _peers.Add(peer.Name);
            }
        }
    }

    /// <summary>Says that a peer is left out, and why.</summary>
    public void Skip(string peer, string reason)
    {
        Emit(isRecorded: false, json =>
        {
            json.WriteString("event", "skipped");
            json.WriteString("suite", suite);
            json.WriteString("peer", peer);
            json.WriteString("reason", reason);
        });
        terminal.Warn($"{suite} goes without {peer}: {reason}");
    }

    /// <summary>Says what a peer is, and which version.</summary>
    public void Version(string peer, string version)
    {
        Note($"{peer}: {version}");
        Emit(isRecorded: true, json =>
        {
            json.WriteString("event", "peer");
            json.WriteString("suite", suite);
            json.WriteString("peer", peer);
            json.WriteString("version", version);
        });
    }

    /// <summary>Writes how one thing grows with another.</summary>
    /// <param name="group">What was varied.</param>
    /// <param name="quantity">What grows.</param>
    /// <param name="law">How.</param>
    public void Fit(string group, string quantity, PowerLaw law)
    {
        var error = law.StandardError is { } known ? string.Create(CultureInfo.InvariantCulture, $" ± {known:F2}") : "";
        Note(string.Create(CultureInfo.InvariantCulture, $"{group}: {quantity} grow with the power {law.Exponent:F2}{error}"));
        Emit(isRecorded: true, json =>
        {
            json.WriteString("event", "fit");
            json.WriteString("suite", suite);
            json.WriteString("group", group);
            json.WriteString("quantity", quantity);
            json.WriteFinite("exponent", law.Exponent);
            json.WriteFinite("standard_error", law.StandardError);
            json.WriteFinite("factor", law.Factor);
            json.WriteNumber("points", law.Points);
        });
    }

    /// <summary>Says that something was there but did not do its part; the suite fails.</summary>
    public void Fail(string peer, string reason)
    {
        _hasFailed = true;
        Skip(peer, reason);
    }

    /// <summary>A line for people: what is measured on, what the peers are.</summary>
    public void Note(string text)
    {
        if (!isJson)
        {
            terminal.Out.WriteLine(text);
            _hasHead = false;
        }
    }

    /// <summary>Writes a row, unless its figure is above the measured peak: that one is refused, and the suite fails.</summary>
    /// <param name="group">What it is summed up with.</param>
    /// <param name="row">What was measured; its shape's detail is shown beside its sizes.</param>
    /// <param name="ratio">For a peer's row: how many times faster ScratchNet is; NaN counts for nothing.</param>
    /// <param name="remark">What there is to say about it in words.</param>
    /// <param name="isJudged">Whether the bench has held it against the peak, which it measured again where need was.</param>
    /// <param name="extra">More figures, for programs.</param>
    /// <returns>Whether it was written.</returns>
    public bool Row(string group, BenchRow row, double ratio = double.NaN, string? remark = null,
        bool isJudged = false, params IReadOnlyList<(string Name, double? Value)> extra)
    {
        if (!isJudged && row.PercentOfPeak > 100 * PeakTolerance)
        {
            _hasFailed = true;
            terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{row.Op} {row.Variant} at {row.Sizes} reached "
                + $"{row.PercentOfPeak:F0} % of the measured peak: something else used the machine. Refused; measure again"));
            return false;
        }

        if (!double.IsNaN(ratio))
        {
            _ratios.Add((group, row.Variant, row.Threads, ratio));
        }

        Emit(isRecorded: true, json =>
        {
            json.WriteString("suite", suite);
            json.WriteString("group", group);
            BenchColumns.WriteFields(json, new ReportedRow(row, null, null));
            json.WriteFinite("ratio", ratio);
            json.WriteString("remark", remark);
            foreach (var (name, value) in extra)
            {
                json.WriteFinite(name, value);
            }
        });
        if (!isJson)
        {
            WriteText(group, row, ratio, remark);
        }

        return true;
    }

    /// <summary>Writes the summaries, and the recording if there is one.</summary>
    /// <returns>The exit code: a refused figure is a failure, and so is a peer that broke down.</returns>
    public int Finish()
    {
        foreach (var of in _ratios.GroupBy(ratio => (ratio.Group, ratio.Peer, ratio.Threads)))
        {
            Summary(of.Key.Group, of.Key.Peer, of.Key.Threads, [.. of.Select(ratio => ratio.Ratio)]);
        }

        if (recording?.Save() == false)
        {
            terminal.Warn($"{suite} has measured nothing: nothing is recorded, and what was recorded before stays");
        }

        return _hasFailed ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>The mean of ratios: of 2 and 1/2 it is 1.</summary>
    public static double GeometricMean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    /// <summary>Writes a line for programs, and keeps it where it is part of the record.</summary>
    private void Emit(bool isRecorded, Action<Utf8JsonWriter> content)
    {
        using var text = new StringWriter();
        JsonLine.Write(text, content);
        if (isJson)
        {
            terminal.Out.Write(text);
        }

        if (isRecorded)
        {
            recording?.Put(JsonNode.Parse(text.ToString())!.AsObject(), DateTime.Now);
        }
    }

    private void WriteText(string group, BenchRow row, double ratio, string? remark)
    {
        if (!_hasHead)
        {
            _hasHead = true;
            terminal.Out.WriteLine($"{"group",-14} {"op",-16} {"size",-24} {"variant",-14} {"thr",3} {"median",10} {"spread",6} "
                + $"{"GFLOP/s",7} {"GB/s",6} {"% peak",6} {"% fma",5} {"ulp",5} {"ratio",6}");
        }

        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{group,-14} {row.Op,-16} {SizesOf(row),-24} {row.Variant,-14} {row.Threads,3} "
            + $"{BenchTables.Time(row.MedianSeconds),10} {row.Spread,6:P0} {row.Gflops,7:F1} {row.Gbps,6:F1} "
            + $"{row.PercentOfPeak,6:F1} {row.PercentOfFma,5:F1} {row.ErrorUlp,5:F1} "
            + $"{(double.IsNaN(ratio) ? null : ratio),6:F2}  {row.Reason ?? remark}").TrimEnd());
    }

    private static string SizesOf(BenchRow row) => row.Shape.Detail.Length == 0 ? row.Sizes : $"{row.Sizes} {row.Shape.Detail}";

    private void Summary(string group, string peer, int threadCount, double[] ratios)
    {
        var mean = GeometricMean(ratios);
        Note(string.Create(CultureInfo.InvariantCulture, $"{group}, {threadCount} {(threadCount == 1 ? "thread" : "threads")}: "
            + $"{mean:F2} times as fast as {peer} (geometric mean of {ratios.Length}), at least {ratios.Min():F2}"));
        Emit(isRecorded: false, json =>
        {
            json.WriteString("event", "summary");
            json.WriteString("suite", suite);
            json.WriteString("group", group);
            json.WriteString("peer", peer);
            json.WriteNumber("threads", threadCount);
            json.WriteNumber("geomean_ratio", mean);
            json.WriteNumber("min_ratio", ratios.Min());
            json.WriteNumber("count", ratios.Length);
        });
    }
}
