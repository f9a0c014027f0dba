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
            cpu.Backend.Device.Id, gpu.Backend.Device.Id);
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
    /// <param name="cpu">Seconds for the products of a step on the processor.</param>
    /// <param name="gpu">The same on the GPU.</param>
    /// <param name="network">Features before the first layer and after each.</param>
    /// <param name="cpuName">What the processor is called.</param>
    /// <param name="gpuName">What the GPU is called.</param>
    /// <returns>The least batch from which on the GPU is ahead, none where it never is, and the same in words.</returns>
    public static (int? Batch, string Text) Find(
        Func<BenchShape, double> cpu, Func<BenchShape, double> gpu, IReadOnlyList<int> network, string cpuName, string gpuName)
    {
        var wins = Batches.Select(batch =>
        {
            var shapes = BenchShape.OfNetwork(network, batch);
            return (Batch: batch, IsGpu: shapes.Sum(gpu) < shapes.Sum(cpu));
        }).ToArray();
        var lastOfCpu = Array.FindLastIndex(wins, win => !win.IsGpu);
        return lastOfCpu == wins.Length - 1 ? (null, $"up to batch {Batches[^1]} {cpuName} is faster than {gpuName}")
            : lastOfCpu < 0 ? (Batches[0], $"{gpuName} is faster than {cpuName} at every batch size")
            : (wins[lastOfCpu + 1].Batch, $"{gpuName} is faster than {cpuName} from batch {wins[lastOfCpu + 1].Batch} on");
    }

    /// <summary>Median seconds of the variant that training uses; infinite where none runs.</summary>
    private static Func<BenchShape, double> Seconds(Backend backend, IPeaks peaks, CancellationToken cancel)
    {
        var plan = new TimingPlan(LeastRounds: 5, MostRounds: 50, Noise: 0.05, Budget: TimeSpan.FromSeconds(0.2));
        var runner = new BenchRunner(backend, peaks, plan, TimeProvider.System, cancel);
        var bench = BenchCases.For(MatMulSpec.Operation);
        return shape => runner.Run(bench, shape, onlyChosen: true) is [{ MedianSeconds: { } seconds }]
            ? seconds : double.PositiveInfinity;
    }
}
