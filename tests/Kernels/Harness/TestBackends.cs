using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>The backends that the suite runs on, by name. Each is opened once, so that each kernel is compiled once.</summary>
public sealed class TestBackends : IDisposable
{
    private readonly Dictionary<string, Backend> _open = [];

    /// <summary>All names. "simulator-32" has warps of 32 threads, "cpu-2" two threads.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["cpu-1", "cpu-2", "cpu-3", "simulator-4", "simulator-32", "simulator-64", "opencl"];

    /// <summary>Whether a backend takes large shapes: a simulator starts a thread of the operating system for each of its
    /// own.</summary>
    public static bool IsFast(string name) => !name.StartsWith("simulator", StringComparison.Ordinal);

    /// <summary>Which variants a backend runs.</summary>
    public static Target Target(string name) => name.StartsWith("cpu", StringComparison.Ordinal)
        ? ScratchNet.Kernels.Target.Cpu
        : ScratchNet.Kernels.Target.Gpu;

    /// <summary>The backend of a name; skips the test, with the reason, when it is not there.</summary>
    public Backend Get(string name)
    {
        if (!_open.TryGetValue(name, out var backend))
        {
            _open[name] = backend = Open(name);
        }

        return backend;
    }

    /// <summary>Closes every backend but the shared OpenCL one.</summary>
    public void Dispose()
    {
        foreach (var backend in _open.Values.Where(backend => backend.Device.Kind != DeviceKind.OpenCl))
        {
            backend.Dispose();
        }
    }

    private static Backend Open(string name)
    {
        var number = name.Split('-') is [_, var text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
        return name.Split('-')[0] switch
        {
            "cpu" => new CpuBackend(number),

            // 15 threads are not a power of two and not a multiple of any warp: reductions must not rely on either.
            "simulator" => GpuDevices.OpenSimulator(warpSize: number, groupSize: number == 4 ? 15 : 16),
            _ => Requirements.OpenCl(),
        };
    }
}
