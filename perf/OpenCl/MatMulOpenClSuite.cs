using ILGPU.Runtime.OpenCL;
using ScratchNet.Cli;
using ScratchNet.Cli.Parsing;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// The matrix product on an OpenCL device against CLBlast on the same device, in turns: first with the parameters that CLBlast
/// comes with, then with those that its own tuners found, for which the faster of its two kernels counts at each size.
/// </summary>
internal sealed class MatMulOpenClSuite(SuiteReport report, GpuBackend backend, IPeaks peaks)
{
    private const string Name = "matmul-opencl";
    private const string TunedName = "clblast-tuned";
    private const string OpenCl = "opencl";
    private static readonly int[] Squares = [256, 512, 1024];
    private static readonly Peer Blast = new("clblast", ClBlast.WhyNot);
    private static readonly Peer Tuned = new(TunedName, ClBlast.WhyNot);

    /// <summary>The command line of this suite.</summary>
    public static System.CommandLine.Command Create(Terminal terminal)
    {
        var device = CommonOptions.Text("--device", "DEVICE", "which OpenCL device, such as opencl:1 [default: opencl]");
        var batches = Suite.List("--batches", "N,N",
            $"batch sizes of the layers: {string.Join(", ", MatMulCpuShapes.Batches)} [default: 64,256]");
        var results = CommonOptions.Text("--clblast-results", "FOLDER", "where CLBlast's tuners were run [default: none was]");
        return Suite.Create(Name, "Matrix products on an OpenCL device against CLBlast.", terminal, [Blast, Tuned],
            [device, batches, results], hasThreads: false, parse =>
        {
            var sizes = Suite.ReadChoices(parse, batches, MatMulCpuShapes.Batches);
            var tuning = parse.GetValue(results) is { } folder ? ClBlastTuning.Read(folder) : null;
            var name = CheckDevice(device.Name, parse.GetValue(device) ?? OpenCl);
            return report =>
            {
                using var backend = (GpuBackend)terminal.Open(name);
                MatMulShape[] shapes = [.. Shapes(sizes.Length > 0 ? sizes : [64, 256])];
                new MatMulOpenClSuite(report, backend, PeaksExtensions.Of(backend)).Run(shapes, tuning);
            };
        });
    }

    /// <summary>CLBlast runs on nothing but OpenCL.</summary>
    private static string CheckDevice(string option, string text) =>
        text == OpenCl || (text.Split(':') is [OpenCl, var number] && uint.TryParse(number, out _)) ? text
        : throw new UsageException($"{option} is '{text}', but must be {OpenCl} or, to choose one of several, {OpenCl}:1");

    private static IEnumerable<MatMulShape> Shapes(int[] batches) =>
    [
        .. Squares.Select(size => new MatMulShape("squares", size, size, size)),
        .. MatMulCpuShapes.All().Where(shape => shape.Group == "layers" && batches.Contains(shape.Batch ?? 0)),
    ];

    private void Run(MatMulShape[] shapes, ClBlastTuning? tuning)
    {
        report.Note($"{backend.Device.Name}, {backend.Device.Capabilities}: multiply-add peak {peaks.Gflops:F0} GFLOP/s");
        var table = backend.Tuning.Kernels.Any(kernel => kernel.Gflops > 0) ? "what 'tune' measured" : "the built-in table";
        report.Version("scratchnet", $"ScratchNet by {table} on {backend.Device.Name}, driver {backend.Device.Driver}");
        if (report.Has(Blast.Name))
        {
            report.Version(Blast.Name, ClBlast.Describe());
        }

        foreach (var shape in report.Has(Blast.Name) || !report.Has(TunedName) ? shapes : [])
        {
            Measure(shape, Blast.Name);
        }

        if (!report.Has(TunedName))
        {
            return;
        }

        if (tuning is null)
        {
            report.Skip(TunedName, "no --clblast-results; run clblast_tuner_xgemm and clblast_tuner_xgemm_direct "
                + "(Debian's clblast-utils) in a folder");
            return;
        }

        var device = ((CLAccelerator)backend.Accelerator).DeviceId;
        tuning.Apply(device);
        var tuned = string.Join(" and ", tuning.Kernels.Keys);
        report.Version(TunedName, $"{ClBlast.Describe()}, with what its tuners found for {tuned}");
        MeasureTuned(shapes, device);
    }

    /// <summary>Measures a shape against CLBlast as it is.</summary>
    private void Measure(MatMulShape shape, string peer)
    {
        using var product = new MatMulOpenClContest(backend, shape, report.Has(peer));
        var mine = new Contender(product.Variant, product.Run, Finish: backend.Synchronize);
        if (!report.Has(peer))
        {
            report.Row(shape.Group, Row(shape, product, mine.Name, product.ErrorUlp, Time(mine)[0]));
            return;
        }

        var timings = Time(product, mine);
        var isCounted = report.Row(shape.Group, Row(shape, product, mine.Name, product.ErrorUlp, timings.Mine));
        report.Row(shape.Group, Row(shape, product, peer, product.PeerErrorUlp, timings.Peer),
            isCounted ? timings.Mine.TimesFasterThan(timings.Peer) : double.NaN);
    }

    /// <summary>Measures both of CLBlast's kernels at every shape; the faster one is the peer.</summary>
    private void MeasureTuned(MatMulShape[] shapes, nint device)
    {
        var found = shapes.ToDictionary(shape => shape, _ => (Ratio: double.PositiveInfinity, Row: (BenchRow?)null));
        foreach (var isDirect in new[] { true, false })
        {
            ClBlastTuning.Force(device, isDirect);
            foreach (var shape in shapes)
            {
                using var product = new MatMulOpenClContest(backend, shape, hasPeer: true);
                var timings = Time(product, new Contender(product.Variant, product.Run, Finish: backend.Synchronize));
                var ratio = timings.Mine.TimesFasterThan(timings.Peer);
                if (ratio < found[shape].Ratio)
                {
                    found[shape] = (ratio, Row(shape, product, TunedName, product.PeerErrorUlp, timings.Peer));
                }
            }
        }

        foreach (var shape in shapes)
        {
            report.Row(shape.Group, found[shape].Row!, found[shape].Ratio);
        }
    }

    private (Timing Mine, Timing Peer) Time(MatMulOpenClContest product, Contender mine)
    {
        var timings = Time(mine, new Contender(Blast.Name, product.RunPeer, Finish: backend.Synchronize));
        return (timings[0], timings[1]);
    }

    private Timing[] Time(params Contender[] contenders) =>
        Interleaved.Time(TimingPlan.Fixed, TimeProvider.System, contenders, report.Cancel);

    private BenchRow Row(MatMulShape shape, MatMulOpenClContest product, string variant, double errorUlp, Timing timing)
    {
        var seconds = timing.MedianSeconds;
        return new BenchRow
        {
            Op = MatMulSpec.Name,
            Variant = variant,
            Backend = backend.Device.Id,
            Device = backend.Device.Name,
            Shape = new BenchShape(shape.M, shape.N, shape.K, shape.TransposeA, shape.TransposeB, shape.Batch),
            Sizes = $"{shape.M}x{shape.N}x{shape.K} {shape.Transpose}",
            Threads = backend.Device.IsProcessor ? backend.Device.Units : 0,
            MedianSeconds = seconds,
            LowSeconds = timing.Interval.Low,
            HighSeconds = timing.Interval.High,
            Spread = timing.Spread,
            Gflops = product.Flops / seconds / 1e9,
            Gbps = product.Traffic.Bytes / seconds / 1e9,
            ErrorUlp = errorUlp,
            CompileSeconds = 0,
            CopySeconds = 0,
            Verified = true,
        }.JudgedBy(peaks, [(product.Flops, product.Traffic)]);
    }
}
