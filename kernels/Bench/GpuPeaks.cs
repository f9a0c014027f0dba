using System.Diagnostics;
using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels.Bench;

/// <summary>A GPU's peaks: chains of multiply-adds in registers, and <c>z = x + s·y</c> over data of a size.</summary>
internal sealed class GpuPeaks(GpuBackend backend) : IPeaks
{
    private const int Chains = 8;
    private const int Steps = 4096;
    private const int Samples = 7;
    private const int LaunchesPerSample = 10;

    private static readonly GpuKernel<Launcher> FmaKernel = new(Fma);
    private static readonly GpuKernel<Launcher> TriadKernel = new(Triad);

    private readonly Dictionary<long, double> _bandwidths = [];
    private double? _gflops;

    internal delegate void Launcher(AcceleratorStream stream, KernelConfig config, ArrayView<float> data, int count);

    public double? Gflops => _gflops ??= MeasureFma(Steps);

    public double? Gbps(long bytes)
    {
        var size = CpuPeaks.Footprint(bytes);
        return _bandwidths.TryGetValue(size, out var known) ? known : _bandwidths[size] = MeasureTriad(size);
    }

    public void Remeasure(long bytes)
    {
        var size = CpuPeaks.Footprint(bytes);
        _gflops = Math.Max(_gflops ?? 0, MeasureFma(Steps));
        _bandwidths[size] = Math.Max(_bandwidths.GetValueOrDefault(size), MeasureTriad(size));
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

    internal double MeasureTriad(long bytes)
    {
        var count = (int)(bytes / sizeof(float) / 3);
        using var data = backend.Allocate<float>(3 * count);
        return 3.0 * sizeof(float) * count / Best(TriadKernel, backend.ForEach(count), data, count) / 1e9;
    }

    private double Best(GpuKernel<Launcher> kernel, KernelConfig config, DeviceBuffer<float> data, int count)
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

    private static void Triad(ArrayView<float> data, int count)
    {
        for (var i = Grid.GlobalIndex.X; i < count; i += Grid.DimX * Group.DimX)
        {
            data[(2 * count) + i] = GpuMath.Fma(data[count + i], 0.5f, data[i]);
        }
    }
}
