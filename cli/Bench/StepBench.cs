using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>
/// A whole training step as training runs it: forward, loss, backward, Adam. Its floor is the least time that the peaks allow
/// for its matrix products and for the optimizer's pass over the parameters; everything else should hide behind these.
/// </summary>
internal sealed class StepBench(Backend backend, IPeaks peaks, TimingPlan plan, CancellationToken cancel)
{
    /// <summary>What its rows have as their operation.</summary>
    public const string Op = "step";

    /// <summary>Ulps by which a loss may differ from double precision, beside those of the longest sums.</summary>
    private const double LossTolerance = 64;

    /// <summary>Makes what updates the parameters; to plant a wrong one.</summary>
    internal Func<Optimizer> MakeOptimizer { get; init; } = () => new Adam();

    /// <summary>Measures one network at one batch size.</summary>
    /// <param name="layers">Features before the first layer and after each.</param>
    /// <param name="batch">Samples in a step.</param>
    /// <returns>A row, which without the memory for a step says so.</returns>
    public BenchRow Run(IReadOnlyList<int> layers, int batch)
    {
        try
        {
            return Measure(layers, batch);
        }
        catch (Exception exception) when (exception is DeviceMemoryException or OutOfMemoryException)
        {
            return Describe(layers, batch) with { Reason = Errors.Describe(exception) };
        }
    }

    private BenchRow Measure(IReadOnlyList<int> layers, int batch)
    {
        using var bench = new Workbench(backend);
        using var network = Build(layers);
        using var optimizer = MakeOptimizer();
        using var metrics = new RunningMetrics(backend);
        network.Plan(batch);
        var (x, labels) = (bench.Numbers(batch * layers[0]), bench.Bytes(batch, layers[^1]));
        var input = new Tensor(bench.Input(x), batch, layers[0]);
        var deviceLabels = bench.Input(labels);
        float[][] start = [.. network.Parameters.Select(parameter => parameter.Values.ToArray())];
        var exact = new ExactSteps(layers, start, x, labels, cancel).Losses();

        void Step() => network.TrainStep(input, deviceLabels, optimizer, metrics);
        cancel.ThrowIfCancellationRequested();
        var first = TimeOnce(Step);
        cancel.ThrowIfCancellationRequested();
        var firstLoss = (float)metrics.Read().Loss;
        metrics.Reset();
        var launched = (backend as GpuBackend)?.Launches;
        var second = TimeOnce(Step);
        launched = (backend as GpuBackend)?.Launches - launched;

        // The second loss is right only if the first step's gradients, and what Adam made of them, were.
        float[] losses = [firstLoss, (float)metrics.Read().Loss];
        var verdict = Workbench.Compare(losses, [exact.First, exact.Second], LossTolerance + layers.Max());
        var row = Describe(layers, batch) with
        {
            ErrorUlp = verdict.ErrorUlp,
            Verified = verdict.Fault is null,
            IsWrong = verdict.Fault is not null,
            Reason = verdict.Fault is { } fault ? $"wrong loss: {fault}" : null,
            CompileSeconds = Math.Max(first - second, 0),
            CopySeconds = bench.MeasureCopies(),
            Launches = launched,
        };
        return row.IsWrong ? row : Time(row, Step, layers, batch);
    }

    private BenchRow Time(BenchRow row, Action step, IReadOnlyList<int> layers, int batch)
    {
        var contender = new Contender(row.Variant, step, Finish: backend.Synchronize);
        WarmUp.Run(backend, [contender], cancel);
        var timing = Interleaved.Time(plan, TimeProvider.System, [contender], cancel)[0];
        var parts = Parts(layers, batch);
        var floor = peaks.Judge(parts, timing.MedianSeconds);
        if (floor?.Refusal is { } refusal)
        {
            return row with { Reason = refusal };
        }

        var gflops = parts.Sum(part => part.Flops) / timing.MedianSeconds / 1e9;
        return row with
        {
            MedianSeconds = timing.MedianSeconds,
            LowSeconds = timing.Interval.Low,
            HighSeconds = timing.Interval.High,
            Spread = timing.Spread,
            Gflops = gflops,
            Gbps = parts.Sum(part => part.Traffic.Bytes) / timing.MedianSeconds / 1e9,
            FloorSeconds = floor?.Seconds,
            PercentOfPeak = 100 * floor?.Seconds / timing.MedianSeconds,
            PercentOfFma = 100 * gflops / peaks.Gflops,
            Limit = floor?.Limit,
        };
    }

    /// <summary>Work of the products, each with what it moves, and last of Adam.</summary>
    public static IReadOnlyList<(long Flops, Traffic Traffic)> Parts(IReadOnlyList<int> layers, int batch)
    {
        var parameters = layers.Zip(layers.Skip(1), (inputs, outputs) => (inputs + 1) * outputs).Sum();
        var adam = new AdamCall(default, default, default, default, parameters, Step: 1);
        return
        [
            .. BenchShape.OfNetwork(layers, batch)
                .Select(shape => new MatMulCall(default, default, default, shape.M, shape.N, shape.K))
                .Select(call => (call.Flops, call.Traffic)),
            (adam.Flops, adam.Traffic),
        ];
    }

    private Network Build(IReadOnlyList<int> layers)
    {
        var dense = layers.Skip(1).Select((units, i) =>
            (Layer)new Dense(units, i + 2 < layers.Count ? Activation.Relu : Activation.None));
        return new Network(backend, layers[0], [.. dense], new SoftmaxCrossEntropy());
    }

    private double TimeOnce(Action step)
    {
        var start = TimeProvider.System.GetTimestamp();
        step();
        backend.Synchronize();
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    private BenchRow Describe(IReadOnlyList<int> layers, int batch) => new()
    {
        Op = Op,
        Variant = "training",
        Backend = backend.Device.Id,
        Device = backend.Device.Name,
        Capabilities = backend.Device.Capabilities,
        Shape = new BenchShape(batch, layers[^1], layers[0], Batch: batch, Detail: string.Join('-', layers)),
        Sizes = $"{string.Join('-', layers)} at batch {batch}, Adam",
        Threads = BenchRow.ThreadsOf(backend),
        IsChosen = true,
    };
}
