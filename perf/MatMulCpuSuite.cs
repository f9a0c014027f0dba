using System.CommandLine;
using ScratchNet.Cli;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>The CPU's matrix product against OpenBLAS, with the same matrices, threads and precision, in turns.</summary>
internal sealed class MatMulCpuSuite(SuiteReport report)
{
    private const string Name = "matmul-cpu";
    private static readonly Peer Blas = new("openblas", OpenBlas.WhyNot);

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        string[] known = [.. MatMulCpuShapes.All().Select(shape => shape.Group).Distinct()];
        var groups = Suite.List("--groups", "NAME,NAME", $"groups of shapes: {string.Join(", ", known)} [default: all]");
        var batches = Suite.List("--batches", "N,N", "batch sizes of the layers [default: all]");
        return Suite.Create(Name, "Matrix products on the CPU against OpenBLAS.", terminal, [Blas], [groups, batches], (report, parse) =>
        {
            string[] some = [.. Suite.Read(parse, groups).Select(group => Values.Choice(groups.Name, group, known))];
            int[] sizes = [.. Suite.Read(parse, batches).Select(batch => Values.Whole(batches.Name, batch, 1, int.MaxValue))];
            new MatMulCpuSuite(report).Run([.. MatMulCpuShapes.All()
                .Where(shape => some.Length == 0 || some.Contains(shape.Group))
                .Where(shape => shape.Batch is not { } batch || sizes.Length == 0 || sizes.Contains(batch))]);
        });
    }

    private void Run(MatMulShape[] shapes)
    {
        foreach (var threads in report.Threads)
        {
            using var backend = new CpuBackend(threads);
            // Another program that holds a core meanwhile would make the peak of all cores look too low.
            var peak = Math.Max(FmaPeak.Gflops(threads), threads * FmaPeak.Gflops(1));
            report.Note($"{backend.Device.Name}, {backend.Device.Capabilities}, {threads} threads: multiply-add peak {peak:F0} GFLOP/s");
            if (report.Has(Blas.Name))
            {
                report.Version(Blas.Name, OpenBlas.Describe());
            }

            foreach (var shape in shapes)
            {
                Measure(backend, peak, shape);
            }
        }
    }

    private void Measure(CpuBackend backend, double peak, MatMulShape shape)
    {
        using var product = new MatMulContest(backend, shape);
        var mine = new Contender("simd", product.Run);
        if (!report.Has(Blas.Name))
        {
            report.Row(shape.Group, Row(backend, peak, product, mine.Name, Interleaved.Time(mine)[0]));
            return;
        }

        OpenBlas.SetThreads(backend.Team.Threads);
        var peer = new Contender(Blas.Name, product.RunPeer, backend.Team.Threads > 1 ? OpenBlas.Settle : default);
        var timings = Interleaved.Time(mine, peer);
        var isCounted = report.Row(shape.Group, Row(backend, peak, product, mine.Name, timings[0]));
        report.Row(shape.Group, Row(backend, peak, product, peer.Name, timings[1]),
            isCounted ? timings[0].TimesFasterThan(timings[1]) : double.NaN);
    }

    private static BenchRow Row(CpuBackend backend, double peak, MatMulContest product, string variant, Timing timing)
    {
        var (shape, seconds) = (product.Shape, timing.MedianSeconds);
        return new BenchRow
        {
            Op = MatMulSpec.Name,
            Variant = variant,
            Backend = backend.Device.Id,
            Device = backend.Device.Name,
            Shape = new BenchShape(shape.M, shape.N, shape.K, shape.TransposeA, shape.TransposeB, shape.Batch),
            Sizes = $"{shape.M}x{shape.N}x{shape.K} {shape.Transpose}",
            Threads = backend.Team.Threads,
            MedianSeconds = seconds,
            LowSeconds = timing.Interval.Low,
            HighSeconds = timing.Interval.High,
            Spread = timing.Spread,
            Gflops = product.Call.Flops / seconds / 1e9,
            Gbps = product.Call.Bytes / seconds / 1e9,
            PercentOfPeak = 100 * product.Call.Flops / seconds / 1e9 / peak,
            ErrorUlp = product.ErrorUlp(variant == "simd"),
            CompileSeconds = 0,
            CopySeconds = 0,
            Verified = true,
        };
    }
}
