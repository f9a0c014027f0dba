using System.CommandLine;
using System.Text.Json;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>The CPU's matrix product against OpenBLAS, with the same matrices, threads and precision, in turns.</summary>
internal sealed class MatMulCpuSuite(TextWriter output, bool json)
{
    private const string Name = "matmul-cpu";

    /// <summary>The peak is itself measured, on a clock that moves: a figure this much above it is still noise.</summary>
    private const double PeakTolerance = 1.05;

    private readonly List<(string Group, int Threads, double Ratio)> _ratios = [];
    private readonly string? _whyNoPeer = OpenBlas.WhyNot();
    private int _refused;

    /// <summary>The command line of this suite.</summary>
    public static Command Command()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of a table." };
        var threads = new Option<int[]>("--threads")
        {
            Description = "Numbers of threads to measure with.",
            DefaultValueFactory = _ => Environment.ProcessorCount > 1 ? [1, 2] : [1],
            AllowMultipleArgumentsPerToken = true,
        };
        var groups = new Option<string[]>("--groups")
        {
            Description = "Groups of shapes: squares, layers, bias+relu.",
            DefaultValueFactory = _ => ["squares", "layers", "bias+relu"],
            AllowMultipleArgumentsPerToken = true,
        };
        var batches = new Option<int[]>("--batches")
        {
            Description = "Batch sizes of the layers; all when left out.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(Name, "Matrix products on the CPU against OpenBLAS.") { json, threads, groups, batches };
        command.SetAction(parsed => new MatMulCpuSuite(Console.Out, parsed.GetValue(json)).Run(
            parsed.GetValue(threads)!,
            [.. MatMulCpuShapes.All()
                .Where(shape => parsed.GetValue(groups)!.Contains(shape.Group))
                .Where(shape => shape.Batch is not { } batch || parsed.GetValue(batches) is not { Length: > 0 } some || some.Contains(batch))]));
        return command;
    }

    /// <summary>Measures, and returns the exit code: 1 when a figure had to be refused.</summary>
    private int Run(int[] threadCounts, MatMulShape[] shapes)
    {
        foreach (var threads in threadCounts)
        {
            using var backend = new CpuBackend(threads);
            // Another program that holds a core meanwhile would make the peak of all cores look too low.
            var peak = Math.Max(FmaPeak.Gflops(threads), threads * FmaPeak.Gflops(1));
            Head(backend, peak);
            foreach (var shape in shapes)
            {
                Measure(backend, peak, shape);
            }
        }

        foreach (var group in _ratios.GroupBy(ratio => (ratio.Group, ratio.Threads)))
        {
            Summary(group.Key.Group, group.Key.Threads, [.. group.Select(ratio => ratio.Ratio)]);
        }

        return _refused == 0 ? 0 : 1;
    }

    private void Measure(CpuBackend backend, double peak, MatMulShape shape)
    {
        using var product = new MatMulContest(backend, shape);
        var mine = new Contender("simd", product.Run);
        if (_whyNoPeer is not null)
        {
            Row(backend, peak, product, mine.Name, Interleaved.Time(mine)[0], null);
            return;
        }

        OpenBlas.SetThreads(backend.Team.Threads);
        var peer = new Contender("openblas", product.RunPeer, backend.Team.Threads > 1 ? OpenBlas.Settle : default);
        var timings = Interleaved.Time(mine, peer);
        var ratio = timings[0].TimesFasterThan(timings[1]);
        var refusedBefore = _refused;
        Row(backend, peak, product, mine.Name, timings[0], ratio);
        Row(backend, peak, product, peer.Name, timings[1], null);
        if (_refused == refusedBefore)
        {
            _ratios.Add((shape.Group, backend.Team.Threads, ratio));
        }
    }

    private void Head(CpuBackend backend, double peak)
    {
        if (json)
        {
            return;
        }

        output.WriteLine($"{backend.Device.Name}, {backend.Device.Capabilities}, {backend.Team.Threads} threads: "
            + $"multiply-add peak {peak:F0} GFLOP/s");
        output.WriteLine(_whyNoPeer is null ? $"Peer: {OpenBlas.Describe()}" : $"No peer: {_whyNoPeer}");
        output.WriteLine($"{"group",-10} {"m",5} {"n",5} {"k",5} {"op",-3} {"variant",-9} {"median",12} {"spread",7} {"GFLOP/s",8} {"% peak",7} "
            + $"{"ulp",5} {"ratio",6}");
    }

    private void Row(CpuBackend backend, double peak, MatMulContest product, string variant, Timing timing, double? ratio)
    {
        var shape = product.Shape;
        var gflops = product.Call.Flops / timing.MedianSeconds / 1e9;
        var percent = 100 * gflops / peak;
        if (percent > 100 * PeakTolerance)
        {
            Console.Error.WriteLine($"{variant} at {product.Call.Shape} did {gflops:F0} GFLOP/s, above the peak of {peak:F0}: "
                + "something else used the machine while the peak or this was measured. Not shown, not counted.");
            _refused++;
            return;
        }

        if (!json)
        {
            output.WriteLine($"{shape.Group,-10} {shape.M,5} {shape.N,5} {shape.K,5} {shape.Transpose,-3} {variant,-9} "
                + $"{timing.MedianSeconds * 1e6,9:F2} us {100 * timing.Spread,6:F1}% {gflops,8:F1} {percent,6:F1}% "
                + $"{product.ErrorUlp(variant == "simd"),5:F1} {(ratio is { } r ? $"{r,6:F2}" : "")}");
            return;
        }

        output.WriteLine(JsonSerializer.Serialize(new
        {
            op = "matmul",
            variant,
            backend = "cpu",
            device = backend.Device.Name,
            m = shape.M,
            n = shape.N,
            k = shape.K,
            transpose = shape.Transpose,
            batch = shape.Batch,
            median_seconds = timing.MedianSeconds,
            spread = timing.Spread,
            gflops,
            gbps = product.Call.Bytes / timing.MedianSeconds / 1e9,
            percent_of_peak = percent,
            error_ulp = product.ErrorUlp(variant == "simd"),
            compile_seconds = 0.0,
            copy_seconds = 0.0,
            threads = backend.Team.Threads,
            verified = true,
        }));
    }

    private void Summary(string group, int threads, double[] ratios)
    {
        var mean = Math.Exp(ratios.Average(Math.Log));
        output.WriteLine(json
            ? JsonSerializer.Serialize(new
            {
                @event = "summary",
                suite = Name,
                group,
                peer = "openblas",
                threads,
                geomean_ratio = mean,
                min_ratio = ratios.Min(),
            })
            : $"{group}, {threads} threads, {ratios.Length} shapes: {mean:F2} times as fast as OpenBLAS (geometric mean), at least {ratios.Min():F2}");
    }
}
