using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// The matrix product as a ladder, from the plain loops to the fastest: on the processor, on the processor with narrower
/// vectors, and on an OpenCL device. What <c>scratchnet bench matmul</c> shows at once, kept for the chapter on kernels.
/// </summary>
internal sealed class LadderSuite(SuiteReport report)
{
    private const string Name = "ladder";
    private const string Processor = "processor";
    private const string Narrow = "narrow";
    private const string OpenCl = "opencl";

    /// <summary>.NET takes the processor for one with vectors of so many bits; read when a process starts.</summary>
    private const string WidthVariable = "DOTNET_PreferredVectorBitWidth";

    private static readonly int NativeWidth =
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static readonly int[] Sizes = [256, 512];
    private static readonly int[] Widths = [128, 256];
    private static readonly TimingPlan Plan = new(LeastRounds: 9, MostRounds: 100, Noise: 0.02, Budget: TimeSpan.FromSeconds(1));

    /// <summary>The command line of this suite.</summary>
    public static Command Create(Terminal terminal)
    {
        string[] known = [Processor, Narrow, OpenCl];
        var only = Suite.List("--only", "NAME,NAME", $"where to measure: {string.Join(", ", known)} [default: all]");
        const string About = "Every variant of the matrix product, at 256 and 512, on the processor and on OpenCL.";
        return Suite.Create(Name, About, terminal, [], [only], hasThreads: true, parse =>
        {
            var some = Suite.ReadChoices(parse, only, known);
            return report =>
            {
                var suite = new LadderSuite(report);
                foreach (var place in some.Length > 0 ? some : known)
                {
                    suite.Run(place);
                }
            };
        });
    }

    private void Run(string place)
    {
        switch (place)
        {
            case OpenCl:
                MeasureOpenCl();
                break;
            case Narrow:
                MeasureNarrow();
                break;
            default:
                foreach (var threads in report.Threads)
                {
                    using var backend = new CpuBackend(threads);
                    Measure(backend, Processor);
                }

                break;
        }
    }

    private void MeasureOpenCl()
    {
        try
        {
            using var backend = Devices.Open(OpenCl);
            report.Version(OpenCl, $"OpenCL on {backend.Device.Name}");
            Measure(backend, OpenCl);
        }
        catch (DeviceException exception)
        {
            report.Skip(OpenCl, exception.Message);
        }
    }

    private void Measure(Backend backend, string group)
    {
        var runner = new BenchRunner(backend, PeaksExtensions.Of(backend), Plan, TimeProvider.System, report.Cancel);
        var bench = new MatMulBench();
        foreach (var row in Sizes.SelectMany(size => runner.Run(bench, new BenchShape(size, size, size))))
        {
            report.Row(group, row, isJudged: true);
        }
    }

    /// <summary>The same in child processes that take the processor for a lesser one.</summary>
    private void MeasureNarrow()
    {
        foreach (var width in Widths.Where(width => width < NativeWidth))
        {
            foreach (var row in Child(width).Where(row => (string?)row["variant"] == "simd"))
            {
                report.Row(string.Create(CultureInfo.InvariantCulture, $"{width} bits"), RowOf(row), isJudged: true);
            }
        }
    }

    /// <summary>The rows of a child; what one has that then fails still counts, and the suite fails with it.</summary>
    /// <exception cref="FailureException">It has none.</exception>
    private JsonObject[] Child(int width)
    {
        var self = Environment.GetCommandLineArgs()[0];
        string[] host = Path.GetExtension(self) == ".dll" ? [Environment.ProcessPath!, self] : [self];
        var threads = string.Join(',', report.Threads);
        var start = new ProcessStartInfo(host[0], [.. host[1..], Name, "--only", Processor, "--threads", threads, "--json"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[WidthVariable] = width.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        using var ending = report.Cancel.Register(() => process.Kill(entireProcessTree: true));
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        report.Cancel.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            var failure = FormattableString.Invariant(
                $"with {WidthVariable}={width} the ladder ended with exit code {process.ExitCode}");
            report.Fail(Narrow, lines.Length > 0 ? failure : throw new FailureException(failure));
        }

        return [.. lines.Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    private static BenchRow RowOf(JsonObject row) => new()
    {
        Op = (string)row["op"]!,
        Variant = (string)row["variant"]!,
        Backend = (string)row["backend"]!,
        Device = (string)row["device"]!,
        Shape = new BenchShape((int)row["m"]!, (int)row["n"]!, (int)row["k"]!),
        Sizes = $"{row["m"]}x{row["n"]}x{row["k"]}",
        Threads = (int)row["threads"]!,
        MedianSeconds = (double?)row["median_seconds"],
        LowSeconds = (double?)row["low_seconds"],
        HighSeconds = (double?)row["high_seconds"],
        Spread = (double?)row["spread"],
        Gflops = (double?)row["gflops"],
        Gbps = (double?)row["gbps"],
        PercentOfPeak = (double?)row["percent_of_peak"],
        Limit = (string?)row["limit"],
        FloorSeconds = (double?)row["floor_seconds"],
        PercentOfFma = (double?)row["percent_of_fma"],
        ErrorUlp = (double?)row["error_ulp"],
        CompileSeconds = (double?)row["compile_seconds"],
        CopySeconds = (double?)row["copy_seconds"],
        Verified = (bool)row["verified"]!,
        Reason = (string?)row["reason"],
    };
}
