using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Cli.Bench;

/// <summary>
/// From which batch size on a GPU computes a network's products faster than the processor, both with what training uses.
/// </summary>
internal static class BreakEven
{
    private static readonly int[] Batches = [1, 4, 16, 64, 256, 1024];

    /// <summary>Says where the break-even lies.</summary>
    /// <param name="cpu">Seconds for the products of a step on the processor.</param>
    /// <param name="gpu">The same on the GPU.</param>
    /// <param name="network">Features before the first layer and after each.</param>
    /// <param name="cpuName">What the processor is called.</param>
    /// <param name="gpuName">What the GPU is called.</param>
    public static string Find(
        Func<BenchShape, double> cpu, Func<BenchShape, double> gpu, IReadOnlyList<int> network, string cpuName, string gpuName)
    {
        var wins = Batches.Select(batch =>
        {
            var shapes = BenchShape.OfNetwork(network, batch);
            return (Batch: batch, IsGpu: shapes.Sum(gpu) < shapes.Sum(cpu));
        }).ToArray();
        var lastOfCpu = Array.FindLastIndex(wins, win => !win.IsGpu);
        return lastOfCpu == wins.Length - 1 ? $"up to batch {Batches[^1]} {cpuName} is faster than {gpuName}"
            : lastOfCpu < 0 ? $"{gpuName} is faster than {cpuName} at every batch size"
            : $"{gpuName} is faster than {cpuName} from batch {wins[lastOfCpu + 1].Batch} on";
    }

    /// <summary>Median seconds of the variant that training uses; infinite where none runs.</summary>
    public static Func<BenchShape, double> Seconds(Backend backend, IPeaks peaks, CancellationToken cancel)
    {
        var plan = new TimingPlan(LeastRounds: 5, MostRounds: 50, Noise: 0.05, Budget: TimeSpan.FromSeconds(0.2));
        var runner = new BenchRunner(backend, peaks, plan, TimeProvider.System, cancel);
        var bench = BenchCases.For(MatMulSpec.Operation);
        return shape => runner.Run(bench, shape, onlyChosen: true) is [{ MedianSeconds: { } seconds }]
            ? seconds : double.PositiveInfinity;
    }
}
