using System.Diagnostics;
using ILGPU;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// A GPU's peaks: chains of multiply-adds in registers, and loops that only move data, in the mix of reads and writes that is
/// asked for.
/// </summary>
internal sealed class GpuPeaks(GpuBackend backend) : IPeaks
{
    private const int Chains = 8;
    private const int Steps = 4096;
    private const int Samples = 7;
    private const int LaunchesPerSample = 10;
    private const long LeastData = 16 << 10;

    internal static readonly GpuKernel<TrafficPattern.Launcher> FmaKernel = new(Fma);

    private readonly Dictionary<Traffic, double> _bandwidths = [];
    private double? _gflops;

    public double? Gflops => _gflops ??= MeasureFma(Steps);

    public double? Gbps(Traffic traffic) => _bandwidths.TryGetValue(traffic, out var known)
        ? known : _bandwidths[traffic] = MeasureBandwidth(traffic);

    public void Remeasure(Traffic traffic)
    {
        _gflops = Math.Max(_gflops ?? 0, MeasureFma(Steps));
        _bandwidths[traffic] = Math.Max(_bandwidths.GetValueOrDefault(traffic), MeasureBandwidth(traffic));
    }

    /// <summary>Each thread's eight chains do a number of steps.</summary>
    internal double MeasureFma(int steps)
    {
        // More groups than can run at once hide every latency.
        var config = new KernelConfig(8 * backend.Device.Units, backend.GroupSize);
        var threads = (long)config.GridDim.X * config.GroupDim.X;
        using var data = backend.Allocate<float>((int)threads);
        return 2.0 * Chains * steps * threads / Best(FmaKernel, config, data, steps) / 1e9;
    }

    /// <summary>The best bandwidth in GB/s of the loops of a mix, over data of its size.</summary>
    internal double MeasureBandwidth(Traffic traffic) => TrafficPattern.NearestTo(traffic).Max(pattern =>
    {
        var footprint = Math.Clamp(traffic.Footprint, LeastData, MemoryBandwidth.OutOfCache);
        var count = (int)(footprint / sizeof(float) / pattern.Arrays);
        var config = backend.ForEach(count);
        using var data = backend.Allocate<float>((pattern.Arrays * count) + (config.GridDim.X * config.GroupDim.X));
        return pattern.Of(count * (long)sizeof(float)).Bytes / Best(pattern.Kernel, config, data, count) / 1e9;
    });

    private double Best(GpuKernel<TrafficPattern.Launcher> kernel, KernelConfig config, DeviceBuffer<float> data, int count)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i <= Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var launch = 0; launch < LaunchesPerSample; launch++)
            {
                backend.Launcher(kernel)(backend.Stream, config, backend.Memory(data.View), count);
            }

            backend.Synchronize();

            // The first sample compiles.
            best = i == 0 ? best : Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / LaunchesPerSample);
        }

        return best;
    }

    private static void Fma(ArrayView<float> data, int steps)
    {
        // x = x·0.5 + 1 stays near 2. The start depends on memory, so that no compiler computes the result itself.
        var x0 = data[Grid.GlobalIndex.X];
        float x1 = x0 + 1f, x2 = x0 + 2f, x3 = x0 + 3f, x4 = x0 + 4f, x5 = x0 + 5f, x6 = x0 + 6f, x7 = x0 + 7f;
        for (var i = 0; i < steps; i++)
        {
            x0 = GpuMath.Fma(x0, 0.5f, 1f);
            x1 = GpuMath.Fma(x1, 0.5f, 1f);
            x2 = GpuMath.Fma(x2, 0.5f, 1f);
            x3 = GpuMath.Fma(x3, 0.5f, 1f);
            x4 = GpuMath.Fma(x4, 0.5f, 1f);
            x5 = GpuMath.Fma(x5, 0.5f, 1f);
            x6 = GpuMath.Fma(x6, 0.5f, 1f);
            x7 = GpuMath.Fma(x7, 0.5f, 1f);
        }

        data[Grid.GlobalIndex.X] = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7;
    }
}
