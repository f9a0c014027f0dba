namespace ScratchNet.Kernels.Bench;

/// <summary>
/// Measures the variants of an operation on one backend: first whether each is right, then, in turns, how fast it is.
/// </summary>
/// <param name="backend">Where to run.</param>
/// <param name="peaks">What its device can do at most.</param>
/// <param name="plan">When a variant has been timed often enough.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="cancel">Stops between two runs.</param>
internal sealed class BenchRunner(
    Backend backend, IPeaks peaks, TimingPlan plan, TimeProvider clock, CancellationToken cancel = default)
{
    /// <summary>More than any driver was seen to take over a kernel on a busy machine.</summary>
    private const double MostCompileSeconds = 10;

    /// <summary>Half of a product at 4096: the plain loops take a minute or more for this many operations.</summary>
    private const long MostPlainFlops = 1L << 36;

    private readonly Dictionary<Variant, double> _compileSeconds = [];

    /// <summary>Measures the variants that are wanted, at one size.</summary>
    /// <param name="bench">The operation.</param>
    /// <param name="shape">The size.</param>
    /// <param name="variants">Names of the wanted ones; null for all that are made for this kind of backend.</param>
    /// <param name="onlyChosen">Whether only the variant that training uses is wanted.</param>
    /// <returns>One row for each; those that cannot run here say why.</returns>
    public IReadOnlyList<BenchRow> Run(
        BenchCase bench, BenchShape shape, IReadOnlyCollection<string>? variants = null, bool onlyChosen = false)
    {
        try
        {
            return Measure(bench, shape, variants, onlyChosen);
        }
        catch (Exception exception) when (exception is DeviceMemoryException or OutOfMemoryException)
        {
            var reason = exception is DeviceMemoryException ? exception.Message : "the memory of this machine does not suffice";
            return [.. bench.Operation.Variants.Where(variant => IsWanted(variant, variants))
                .Select(variant => Empty(bench, shape, variant, SizesOf(shape)) with { Reason = reason })];
        }
    }

    private bool IsWanted(Variant variant, IReadOnlyCollection<string>? variants) =>
        variants?.Contains(variant.Name) ?? (variant.Target == backend.Target && !variant.IsPeer);

    private BenchRow[] Measure(BenchCase bench, BenchShape shape, IReadOnlyCollection<string>? variants, bool onlyChosen)
    {
        using var workbench = new Workbench(backend, cancel);
        var ladder = bench.Arrange(workbench, backend, shape);
        Trial[] trials = [.. ladder.Rungs
            .Where(rung => IsWanted(rung.Variant, variants) || (variants is null && rung is { Variant.IsPeer: true, WhyNot: null }))
            .Where(rung => rung.IsChosen || !onlyChosen)
            .Select(rung => Try(
                workbench, ladder, rung, Empty(bench, shape, rung.Variant, ladder.Sizes), isAsked: variants is not null))];
        var copySeconds = trials.Any(trial => trial.Row.Verified) ? workbench.MeasureCopies() : 0;
        Trial[] timed = [.. trials.Where(trial => trial.Row.Verified && trial.Known is null)];
        Contender[] contenders =
            [.. timed.Select(trial => new Contender(trial.Row.Variant, trial.Rung.Run, Finish: backend.Synchronize))];
        WarmUp.Run(backend, contenders, cancel);
        var timings = Interleaved.Time(plan, clock, contenders, cancel);
        return [.. trials.Select(trial => !trial.Row.Verified ? trial.Row
            : Fill(trial.Row with { CopySeconds = copySeconds }, ladder, trial.Known ?? timings[Array.IndexOf(timed, trial)]))];
    }

    /// <summary>A variant whose result has been checked.</summary>
    /// <param name="Rung">The variant.</param>
    /// <param name="Row">Its row so far.</param>
    /// <param name="Known">How long it takes, when it is so slow that checking was measuring enough.</param>
    private sealed record Trial(Rung Rung, BenchRow Row, Timing? Known = null);

    /// <summary>Checks a variant, unless it would keep everyone waiting and nobody asked for it by name.</summary>
    private Trial Try(Workbench workbench, Ladder ladder, Rung rung, BenchRow row, bool isAsked)
    {
        const string Plain = "reference";
        return isAsked || rung.Variant.Name != Plain || ladder.Flops < MostPlainFlops ? Verify(workbench, rung, row)
            : new Trial(rung, row with { Reason = $"left out: it would take minutes; --variants {Plain} measures it" });
    }

    private Trial Verify(Workbench workbench, Rung rung, BenchRow row)
    {
        cancel.ThrowIfCancellationRequested();
        row = row with { IsChosen = rung.IsChosen };
        if (rung.WhyNot is { } why)
        {
            return new Trial(rung, row with { Reason = why });
        }

        double first, second;
        bool isLong;
        Verdict verdict;
        try
        {
            workbench.Reset();
            first = TimeOnce(rung);
            cancel.ThrowIfCancellationRequested();
            verdict = workbench.Check();
            cancel.ThrowIfCancellationRequested();

            // The first call compiles, on the processor too, and wakes the driver: it is never what a run takes. Only where even
            // compiling is lost in it, nobody is made to wait for a second one.
            isLong = first > plan.Budget.TotalSeconds + MostCompileSeconds;
            second = isLong ? first : TimeOnce(rung);
        }
        catch (Exception exception)
            when (backend.Target == Target.Gpu && exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // A driver that cannot build or launch one kernel: the others still run.
            return new Trial(rung, row with { Reason = $"the driver does not run it: {exception.Message}" });
        }

        if (verdict.Fault is { } fault)
        {
            return new Trial(rung, row with { Reason = $"wrong result: {fault}", IsWrong = true });
        }

        if (!isLong)
        {
            // Later sizes find the kernel compiled: the most that a first call took is what compiling costs.
            _compileSeconds[rung.Variant] = Math.Max(_compileSeconds.GetValueOrDefault(rung.Variant), first - second);
        }

        double? compiling = _compileSeconds.TryGetValue(rung.Variant, out var known) ? known : null;
        row = row with { Verified = true, ErrorUlp = verdict.ErrorUlp, CompileSeconds = compiling };
        return new Trial(rung, row, second > plan.Budget.TotalSeconds ? new Timing(second, 0, [second]) : null);
    }

    private double TimeOnce(Rung rung)
    {
        var start = clock.GetTimestamp();
        rung.Run();
        backend.Synchronize();
        return clock.GetElapsedTime(start).TotalSeconds;
    }

    private BenchRow Fill(BenchRow row, Ladder ladder, Timing timing)
    {
        var seconds = timing.MedianSeconds;
        var floor = peaks.Judge([(ladder.Flops, ladder.Traffic)], seconds);
        if (floor?.Refusal is { } refusal)
        {
            return row with { Reason = refusal };
        }

        var hasSpread = timing.Samples.Length >= Timing.FewestSamples;
        return row with
        {
            MedianSeconds = seconds,
            LowSeconds = hasSpread ? timing.Interval.Low : null,
            HighSeconds = hasSpread ? timing.Interval.High : null,
            Spread = hasSpread ? timing.Spread : null,
            Gflops = ladder.Flops / seconds / 1e9,
            Gbps = ladder.Traffic.Bytes / seconds / 1e9,
            FloorSeconds = floor?.Seconds,
            PercentOfPeak = 100 * floor?.Seconds / seconds,
            PercentOfFma = 100 * ladder.Flops / seconds / 1e9 / peaks.Gflops,
            Limit = floor?.Limit,
        };
    }

    private BenchRow Empty(BenchCase bench, BenchShape shape, Variant variant, string sizes) => new()
    {
        Op = bench.Operation.Name,
        Variant = variant.Name,
        Backend = backend.Device.Id,
        Device = backend.Device.Name,
        Capabilities = backend.Device.Capabilities,
        Shape = shape,
        Sizes = sizes,
        Threads = BenchRow.ThreadsOf(backend),
    };

    private static string SizesOf(BenchShape shape) => $"{shape.M}x{shape.N}x{shape.K}";
}
