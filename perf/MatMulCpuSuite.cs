using System.CommandLine;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>The CPU's matrix product against its peers, with the same matrices, threads and precision, in turns.</summary>
internal sealed class MatMulCpuSuite(SuiteReport report)
{
    private const string Name = "matmul-cpu";

    /// <summary>From two milliseconds on, a product is long.</summary>
    private const double LongSeconds = 0.002;

    private static readonly Peer[] Peers = [new(OpenBlas.Name, OpenBlas.WhyNot), new(MathNetProduct.Name, () => null)];

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        string[] known = [.. MatMulCpuShapes.All().Select(shape => shape.Group).Distinct()];
        var groups = Suite.List("--groups", "NAME,NAME", $"groups of shapes: {string.Join(", ", known)} [default: all]");
        var batches = Suite.List("--batches", "N,N",
            $"batch sizes of the layers: {string.Join(", ", MatMulCpuShapes.Batches)} [default: all]");
        const string About = "Matrix products on the CPU against OpenBLAS and, up to 256, MathNet's managed code.";
        return Suite.Create(Name, About, terminal, Peers, [groups, batches], hasThreads: true, parse =>
        {
            var some = Suite.ReadChoices(parse, groups, known);
            var sizes = Suite.ReadChoices(parse, batches, MatMulCpuShapes.Batches);
            MatMulShape[] shapes = [.. MatMulCpuShapes.All()
                .Where(shape => some.Length == 0 || some.Contains(shape.Group))
                .Where(shape => shape.Batch is not { } batch || sizes.Length == 0 || sizes.Contains(batch))];
            return report => new MatMulCpuSuite(report).Run(shapes);
        });
    }

    private void Run(MatMulShape[] shapes)
    {
        foreach (var threads in report.Threads)
        {
            using var backend = new CpuBackend(threads);
            var peak = MachineLine.Write(report, backend);
            var memory = new CpuPeaks(threads);
            if (report.Has(OpenBlas.Name))
            {
                report.Version(OpenBlas.Name, OpenBlas.Describe());
            }

            if (report.Has(MathNetProduct.Name))
            {
                report.Version(MathNetProduct.Name, Peer.Describe(typeof(MathNet.Numerics.Control).Assembly));
            }

            foreach (var shape in shapes)
            {
                Measure(backend, peak, memory, shape);
            }
        }
    }

    /// <summary>
    /// Times all sides in turns and, where a product is long and has one thread, as long a run of multiply-adds with them: over
    /// so long the machine doesn't keep up the peak of a short sample.
    /// </summary>
    /// <param name="backend">Runs ours.</param>
    /// <param name="gflops">The peak that was measured before: the fastest of some short samples.</param>
    /// <param name="memory">How fast data is moved.</param>
    /// <param name="shape">The product.</param>
    private void Measure(CpuBackend backend, double gflops, CpuPeaks memory, MatMulShape shape)
    {
        using var product = new MatMulContest(backend, shape, report.Has, report.Cancel);
        var (chains, flops) = FmaPeak.Chains(backend.Team, product.Call.Flops / gflops / 1e9);
        var isLong = backend.Team.Threads == 1 && product.Call.Flops >= LongSeconds * gflops * 1e9;
        Contender[] judges = isLong ? [new("multiply-adds", chains)] : [];
        var timings = Interleaved.Time(
            TimingPlan.Fixed, TimeProvider.System, [.. product.Contenders, .. judges], report.Cancel);
        var isCounted = false;
        for (var i = 0; i < product.Contenders.Count; i++)
        {
            var ratio = isCounted ? timings[0].TimesFasterThan(timings[i]) : double.NaN;
            var share = isLong
                ? timings[i].TimesFasterThan(timings[^1]) * product.Call.Flops / flops
                : product.Call.Flops / timings[i].MedianSeconds / 1e9 / gflops;
            var row = Row(backend, product, product.Contenders[i].Name, timings[i]);
            var peaks = new KnownPeaks(row.Gflops!.Value / share, memory);
            var judged = row.JudgedBy(peaks, [(product.Call.Flops, product.Call.Traffic)]);
            var isWritten = report.Row(shape.Group, judged, ratio);
            isCounted |= i == 0 && isWritten;
        }
    }

    private static BenchRow Row(CpuBackend backend, MatMulContest product, string variant, Timing timing)
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
            ErrorUlp = product.ErrorUlp(variant),
            CompileSeconds = 0,
            CopySeconds = 0,
            Verified = true,
        };
    }
}
