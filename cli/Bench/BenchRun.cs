using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>Where to measure, and what becomes of the rows.</summary>
/// <param name="Devices">Devices to measure on; null for the processor and, where there is one, the GPU.</param>
/// <param name="Threads">Numbers of threads to measure the processor with; 0 takes one for each.</param>
/// <param name="Format">How rows are written.</param>
/// <param name="BaselineFile">An earlier run to compare with.</param>
/// <param name="PlotFile">Where to draw the ladder and the roofline.</param>
internal sealed record BenchSettings(
    IReadOnlyList<string>? Devices, IReadOnlyList<int> Threads, BenchFormat Format, string? BaselineFile, string? PlotFile);

/// <summary>One run of the bench: opens the devices, measures size after size, writes.</summary>
internal sealed class BenchRun(BenchRequest request, BenchSettings settings, Terminal terminal)
{
    /// <summary>Narrow enough to tell 5 % apart, and seldom longer than a second for one variant.</summary>
    private static readonly TimingPlan Plan = new(LeastRounds: 9, MostRounds: 300, Noise: 0.02, Budget: TimeSpan.FromSeconds(1));

    private readonly List<(Backend Backend, IPeaks Peaks)> _devices = [];

    /// <summary>Runs.</summary>
    /// <returns>The exit code: a variant with a wrong result is a failure.</returns>
    /// <exception cref="FailureException">No variant has a figure.</exception>
    public int Run()
    {
        using var interruption = new Interruption();
        using var answer = interruption.Token.Register(
            () => terminal.Tell("stopping after the present measurement; Ctrl-C once more stops at once"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token, terminal.Unread);
        var baseline = settings.BaselineFile is { } file ? Baseline.Load(file) : null;
        var report = new BenchReport(terminal, settings.Format, baseline);
        try
        {
            OpenDevices();
            WarnOfOtherMachines(baseline);
            Measure(report, stop.Token);
        }
        catch (OperationCanceledException) when (terminal.Unread.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        finally
        {
            terminal.Tell("");
            _devices.ForEach(device => device.Backend.Dispose());
        }

        return report.Rows.Any(row => row.IsWrong) ? ExitCode.Failure : ExitCode.Success;
    }

    private void OpenDevices()
    {
        foreach (var name in settings.Devices ?? ["cpu"])
        {
            foreach (var threads in name is "cpu" or "auto" ? settings.Threads : [0])
            {
                Add(terminal.Open(name, threads));
            }
        }

        if (settings.Devices is null && terminal.Open("auto") is var best)
        {
            if (best.Target == Target.Gpu)
            {
                Add(best);
            }
            else
            {
                best.Dispose();
            }
        }
    }

    private void WarnOfOtherMachines(Baseline? baseline)
    {
        var doubts = _devices.Select(device => device.Backend.Device)
            .Select(device => baseline?.Doubt(device.Id, device.Name, device.Capabilities));
        foreach (var doubt in doubts.OfType<string>().Distinct())
        {
            terminal.Warn(doubt);
        }
    }

    /// <summary>Takes a device, unless it is there under another name: <c>opencl</c> is <c>opencl:0</c>.</summary>
    private void Add(Backend backend)
    {
        if (_devices.Any(device => BenchRow.PlaceOf(device.Backend) == BenchRow.PlaceOf(backend)))
        {
            backend.Dispose();
            return;
        }

        _devices.Add((backend, PeaksExtensions.Of(backend)));
    }

    private void Measure(BenchReport report, CancellationToken cancel)
    {
        BenchRunner[] runners =
            [.. _devices.Select(device => new BenchRunner(device.Backend, device.Peaks, Plan, TimeProvider.System, cancel))];
        foreach (var item in request.Items)
        {
            terminal.Tell(
                $"measuring {item.Case.Operation.Name} {item.Shape.M}x{item.Shape.N}x{item.Shape.K} {item.Shape.Detail}");
            IReadOnlyList<BenchRow> rows = [.. runners.SelectMany(runner => runner.Run(item.Case, item.Shape, request.Variants))];
            terminal.Tell("");
            report.Write(rows);
        }

        foreach (var (layers, batch) in request.Steps)
        {
            terminal.Tell($"measuring a training step of {string.Join('-', layers)} at batch {batch}");
            IReadOnlyList<BenchRow> rows =
                [.. _devices.Select(device => new StepBench(device.Backend, device.Peaks, Plan, cancel).Run(layers, batch))];
            terminal.Tell("");
            report.Write(rows);
        }

        if (request.Network is { } network)
        {
            WriteRanking(report, network, cancel);
        }

        WriteSummary(report);
        if (report.Rows.All(row => row.MedianSeconds is null))
        {
            throw new FailureException("nothing was measured: no variant has a figure, and every row says why");
        }

        Plot(report.Rows);
    }

    private void WriteRanking(BenchReport report, IReadOnlyList<int> network, CancellationToken cancel)
    {
        foreach (var batch in request.Batches)
        {
            NetworkRanking.Write(report, network, batch);
        }

        var cpu = _devices.Where(device => device.Backend.Target == Target.Cpu)
            .OrderByDescending(device => BenchRow.ThreadsOf(device.Backend)).FirstOrDefault();
        var gpu = _devices.FirstOrDefault(device => device.Backend.Target == Target.Gpu);
        if (cpu.Backend is not null && gpu.Backend is not null)
        {
            terminal.Tell("looking for the break-even batch");
            var (row, text) = BreakEven.Measure(cpu, gpu, network, cancel);
            terminal.Tell("");
            report.Write(row, $"Break-even: {text}.");
        }
    }

    private void Plot(IReadOnlyList<BenchRow> rows)
    {
        if (settings.PlotFile is { } file)
        {
            BenchPlot.Write(file, rows, [.. _devices.SelectMany(device => RoofOf(device.Backend, device.Peaks))]);
        }
    }

    private static IEnumerable<Roof> RoofOf(Backend backend, IPeaks peaks) =>
        peaks.Gflops is { } gflops && peaks.Gbps(new Traffic(MemoryBandwidth.OutOfCache)) is { } gbps
            ? [new Roof(BenchRow.PlaceOf(backend), gflops, gbps)]
            : [];

    private void WriteSummary(BenchReport report)
    {
        if (request.Items.Count > 0)
        {
            report.Note(BenchTables.RungLegend);
        }

        if (request.Steps.Count > 0)
        {
            report.Note(BenchTables.StepLegend);
        }

        foreach (var (backend, peaks) in _devices)
        {
            var peak = peaks.Gflops is { } gflops ? $"multiply-adds at {gflops:F0} GFLOP/s at most" : "no peak is known";
            var device = backend.Device;
            report.Note($"{BenchRow.PlaceOf(backend)}: {device.Name}, {device.Capabilities}; {peak}");
        }
    }
}
