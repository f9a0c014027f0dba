namespace ScratchNet.Kernels;

/// <summary>The devices of this machine, and backends on them.</summary>
public static class Devices
{
    private const string NoCuda = "no NVIDIA driver is installed (libcuda was not found)";

    private static string? WhyNoOpenCl => NativeDrivers.OpenCl == 0
        ? "no OpenCL loader is installed (libOpenCL was not found)"
        : OpenClProbe.Result switch
        {
            { Failure: { } failure } => failure,
            { Devices.Count: 0 } => "an OpenCL loader is installed, but no driver with a device",
            _ => null,
        };

    /// <summary>
    /// Every device there is, those that cannot be used included, with the reason. OpenCL is first enumerated in a child
    /// process, since broken
    /// drivers crash; this takes some tenths of a second once.
    /// </summary>
    public static IReadOnlyList<DeviceInfo> List() =>
        [CpuDevice.Describe(Environment.ProcessorCount), .. ListCuda(), .. ListOpenCl(), GpuDevices.DescribeSimulator()];

    /// <summary>Makes a backend.</summary>
    /// <param name="device">
    /// <c>auto</c> (a CUDA device, else an OpenCL GPU, else the processor), <c>cpu</c>, <c>cuda</c>, <c>opencl</c>,
    /// <c>simulator</c>, or one
    /// of several by number as <c>cuda:0</c> or <c>opencl:1</c>. An OpenCL device that is really a processor is taken only when
    /// asked for.
    /// </param>
    /// <param name="threads">Number of threads for <c>cpu</c>; 0 takes one per processor.</param>
    /// <exception cref="DeviceException">There is no such device, or it can't be used; the message says what there is
    /// instead.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is out of range.</exception>
    public static Backend Open(string device = "auto", int threads = 0)
    {
        var (kind, number) = Parse(device);
        return kind switch
        {
            "auto" => (Backend?)OpenBest() ?? new CpuBackend(threads),
            "cpu" => new CpuBackend(threads),
            "cuda" => OpenGpu(device, number, NativeDrivers.Cuda == 0 ? NoCuda : null, GpuDevices.Cuda),
            "opencl" => OpenGpu(device, number, WhyNoOpenCl, GpuDevices.OpenCl),
            "simulator" => GpuDevices.OpenSimulator(),
            _ => throw Unknown(device),
        };
    }

    private static (string Kind, int? Number) Parse(string device)
    {
        var parts = device.Split(':');
        if (parts.Length == 1)
        {
            return (device, null);
        }

        var numbered = parts[0] is "cuda" or "opencl" && parts.Length == 2;
        return numbered && int.TryParse(parts[1], out var number) && number >= 0 ? (parts[0], number) : throw Unknown(device);
    }

    /// <summary>A real GPU that works; null when there is none.</summary>
    private static GpuBackend? OpenBest()
    {
        // The probe knows what is a GPU: a machine whose only OpenCL device is its processor never loads ILGPU.
        var hasOpenClGpu = NativeDrivers.OpenCl != 0 && OpenClProbe.Result.Devices.Any(device => !device.IsProcessor);
        return (NativeDrivers.Cuda == 0 ? null : FirstThatOpens(GpuDevices.Cuda()))
            ?? (hasOpenClGpu ? FirstThatOpens(GpuDevices.OpenCl()) : null);
    }

    private static GpuBackend? FirstThatOpens(IReadOnlyList<GpuDevices.Found> candidates)
    {
        foreach (var candidate in candidates.Where(candidate => candidate.Info is { IsUsable: true, IsProcessor: false }))
        {
            try
            {
                return GpuDevices.Open(candidate);
            }
            catch (DeviceException)
            {
                // "auto" takes the next best; asked for by name, this device says what is wrong.
            }
        }

        return null;
    }

    private static GpuBackend OpenGpu(string device, int? number, string? whyNone, Func<IReadOnlyList<GpuDevices.Found>> find)
    {
        if (whyNone is not null)
        {
            throw new DeviceException($"Device '{device}' is not there: {whyNone}. {WhatThereIs()}");
        }

        var found = find();
        if (number >= found.Count || found.Count == 0)
        {
            throw new DeviceException($"Device '{device}' is not there. {WhatThereIs()}");
        }

        // Without a number: a usable GPU before a usable processor before one that will say why it can't be used.
        var chosen = number is { } index ? found[index]
            : found.OrderBy(candidate => (candidate.Info.IsUsable ? 0 : 2) + (candidate.Info.IsProcessor ? 1 : 0)).First();
        return GpuDevices.Open(chosen);
    }

    private static IEnumerable<DeviceInfo> ListCuda()
    {
        var found = NativeDrivers.Cuda == 0 ? [] : GpuDevices.Cuda();
        return found.Count > 0
            ? found.Select(candidate => candidate.Info)
            : [Absent("cuda", DeviceKind.Cuda, "CUDA", NativeDrivers.Cuda == 0 ? NoCuda : "the NVIDIA driver reports no device")];
    }

    private static IEnumerable<DeviceInfo> ListOpenCl() => WhyNoOpenCl is { } why
        ? [Absent("opencl", DeviceKind.OpenCl, "OpenCL", why)]
        : GpuDevices.OpenCl().Select(candidate => candidate.Info);

    private static DeviceInfo Absent(string id, DeviceKind kind, string name, string why) =>
        new(id, kind, name, IsProcessor: false, Units: 0, MemoryBytes: 0, Capabilities: "", WhyUnusable: why);

    private static DeviceException Unknown(string device) => new(
        $"Device '{device}' is unknown: use auto, cpu, cuda, opencl, simulator, or one by number such as "
        + $"opencl:0. {WhatThereIs()}");

    private static string WhatThereIs() =>
        $"There is: {string.Join(", ", List().Where(info => info.IsUsable).Select(info => $"{info.Id} ({info.Name})"))}.";
}
