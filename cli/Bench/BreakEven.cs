using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>
/// From which batch size on a GPU computes a network's products faster than the processor, both with what training uses.
/// </summary>
internal static class BreakEven
{
    private static readonly int[] Batches = [1, 4, 16, 64, 256, 1024];

    /// <summary>Measures both, and says where the break-even lies.</summary>
    /// <param name="cpu">The processor, with its peaks.</param>
    /// <param name="gpu">The GPU, with its peaks.</param>
    /// <param name="network">Features before the first layer and after each.</param>
    /// <param name="cancel">Stops between two runs.</param>
    /// <returns>A row with the batch, none where the GPU never wins, and the same in words.</returns>
    public static (BenchRow Row, string Text) Measure(
        (Backend Backend, IPeaks Peaks) cpu, (Backend Backend, IPeaks Peaks) gpu, IReadOnlyList<int> network,
        CancellationToken cancel)
    {
        var (batch, text) = Find(Seconds(cpu.Backend, cpu.Peaks, cancel), Seconds(gpu.Backend, gpu.Peaks, cancel), network,
            BenchRow.PlaceOf(cpu.Backend), BenchRow.PlaceOf(gpu.Backend));
        return (new BenchRow
        {
            Op = "break-even",
            Variant = "training",
            Backend = gpu.Backend.Device.Id,
            Device = gpu.Backend.Device.Name,
            Capabilities = gpu.Backend.Device.Capabilities,
            Shape = new BenchShape(batch ?? 0, network[^1], network[0], Batch: batch, Detail: string.Join('-', network)),
            Sizes = string.Join('-', network),
            Reason = text,
        }, text);
    }

    /// <summary>Says where the break-even lies.</summary>
    /// <param name="cpu">Seconds for a product on the processor; null where there is no figure.</param>
    /// <param name="gpu">The same on the GPU.</param>
    /// <param name="network">Features before the first layer and after each.</param>
    /// <param name="cpuName">What the processor is called.</param>
    /// <param name="gpuName">What the GPU is called.</param>
    /// <returns>
    /// The least batch from which on the GPU is ahead, none where it never is, and the same in words. A batch at which a product
    /// has no figure says nothing of either; the words name it.
    /// </returns>
    public static (int? Batch, string Text) Find(
        Func<BenchShape, double?> cpu, Func<BenchShape, double?> gpu, IReadOnlyList<int> network, string cpuName, string gpuName)
    {
        var steps = Batches.Select(batch =>
        {
            var shapes = BenchShape.OfNetwork(network, batch);
            return (Batch: batch, Cpu: Sum(shapes, cpu), Gpu: Sum(shapes, gpu));
        }).ToArray();
        var known = Array.FindAll(steps, step => step is { Cpu: not null, Gpu: not null });
        var unknown = steps.Except(known).Select(step => step.Batch).ToArray();
        var leftOut = unknown.Length == 0 ? ""
            : $" (left out, because a product has no figure: batch {string.Join(", ", unknown)})";
        var lastOfCpu = Array.FindLastIndex(known, step => !(step.Gpu < step.Cpu));
        return known.Length == 0 ? (null, $"{cpuName} and {gpuName} cannot be compared: at every batch size a product has no figure")
            : lastOfCpu == known.Length - 1 ? (null, $"up to batch {known[^1].Batch} {cpuName} is faster than {gpuName}{leftOut}")
            : lastOfCpu < 0 ? (known[0].Batch, $"{gpuName} is faster than {cpuName} at every batch size{leftOut}")
            : (known[lastOfCpu + 1].Batch,
                $"{gpuName} is faster than {cpuName} from batch {known[lastOfCpu + 1].Batch} on{leftOut}");
    }

    /// <summary>Seconds for all products of a step; null, and no more is measured, when one has no figure.</summary>
    private static double? Sum(IReadOnlyList<BenchShape> shapes, Func<BenchShape, double?> seconds) =>
        shapes.Aggregate((double?)0, (sum, shape) => sum is null ? null : sum + seconds(shape));

    /// <summary>Median seconds of the variant that training uses; null where it has no figure.</summary>
    private static Func<BenchShape, double?> Seconds(Backend backend, IPeaks peaks, CancellationToken cancel)
    {
        var plan = new TimingPlan(LeastRounds: 5, MostRounds: 50, Noise: 0.05, Budget: TimeSpan.FromSeconds(0.2));
        var runner = new BenchRunner(backend, peaks, plan, TimeProvider.System, cancel);
        var bench = BenchCases.For(MatMulSpec.Operation);
        return shape => runner.Run(bench, shape, onlyChosen: true) is [{ MedianSeconds: var seconds }] ? seconds : null;
    }
}
