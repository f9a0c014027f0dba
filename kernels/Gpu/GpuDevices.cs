using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace ScratchNet.Kernels;

/// <summary>Finds ILGPU's devices, describes them, and opens backends on them. Touching this class loads ILGPU.</summary>
internal static class GpuDevices
{
    static GpuDevices()
    {
        NativeDrivers.Redirect(typeof(Context).Assembly);
    }

    /// <summary>A device of ILGPU's with its description.</summary>
    internal readonly record struct Found(Device Device, DeviceInfo Info);

    /// <summary>Every CUDA device.</summary>
    public static IReadOnlyList<Found> Cuda() =>
        [.. CudaDevice.GetDevices(_ => true).OfType<CudaDevice>()
            .Select((device, index) => new Found(device, Describe(device, index)))];

    /// <summary>Every OpenCL device. To be called only after a probe has come back well.</summary>
    public static IReadOnlyList<Found> OpenCl() =>
        [.. CLDevice.GetDevices(_ => true).OfType<CLDevice>()
            .Select((device, index) => new Found(device, Describe(device, index)))];

    /// <summary>Makes a backend on a device and checks that it really runs kernels.</summary>
    /// <exception cref="DeviceException">The driver refuses, or its kernels don't run.</exception>
    public static GpuBackend Open(Found found)
    {
        if (!found.Info.IsUsable)
        {
            throw new DeviceException($"{found.Info.Id} ({found.Info.Name}) cannot be used: {found.Info.WhyUnusable}.");
        }

        if (found.Device is CLDevice device)
        {
            ForgiveGenericAddressSpace(device);
        }

        var context = MakeContext();
        try
        {
            var backend = new GpuBackend(context, found.Device.CreateAccelerator(context), found.Info);
            SelfCheck.Run(backend);
            backend.Tuning = new TuningFile(found.Info).Read(out var warning) ?? backend.Tuning;
            backend.Warning = warning;
            return backend;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            context.Dispose();
            throw new DeviceException(
                $"{found.Info.Id} ({found.Info.Name}) cannot be used: its driver does not run kernels ({exception.Message}).",
                exception);
        }
    }

    /// <summary>A backend on a simulated GPU.</summary>
    /// <param name="warpSize">Threads a warp.</param>
    /// <param name="groupSize">
    /// Threads a group; every one is a thread of the operating system, and barriers are slow. With 1, the kernels for processors
    /// run: they need no barriers, and are the easiest to step through.
    /// </param>
    /// <param name="multiprocessors">Groups that run at the same time.</param>
    /// <param name="memoryBytes">Memory of the device; 0 for all that there is.</param>
    public static GpuBackend OpenSimulator(int warpSize = 2, int groupSize = 1, int multiprocessors = 2, long memoryBytes = 0)
    {
        var context = MakeContext();
        var accelerator = new CPUDevice(warpSize, WarpsOf(warpSize, groupSize), multiprocessors).CreateCPUAccelerator(
            context, CPUAcceleratorMode.Parallel);
        var device = DescribeSimulator(warpSize, groupSize, multiprocessors);
        return new GpuBackend(
            context, accelerator, memoryBytes > 0 ? device with { MemoryBytes = memoryBytes } : device, groupSize);
    }

    /// <summary>Describes the simulator without starting it.</summary>
    public static DeviceInfo DescribeSimulator(int warpSize = 2, int groupSize = 1, int multiprocessors = 2) => new(
        "simulator", DeviceKind.Simulator, "GPU simulated by ILGPU", IsProcessor: true, multiprocessors,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        $"warps of {warpSize}, groups up to {warpSize * WarpsOf(warpSize, groupSize)}; for debugging kernels, not for speed");

    /// <summary>Warps of the largest group: ILGPU takes powers of two.</summary>
    private static int WarpsOf(int warpSize, int groupSize)
    {
        var warps = 1;
        while (warps * warpSize < groupSize)
        {
            warps *= 2;
        }

        return warps;
    }

    /// <summary>A context with the settings that our kernels are written for, and the intrinsics they use.</summary>
    internal static Context MakeContext()
    {
        // O1 needs generic pointers, which PoCL lacks, and only aggressive inlining keeps micro-tiles in registers.
        var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive));
        FusedMultiplyAdd.Register(context);
        return context;
    }

    private static DeviceInfo Describe(CudaDevice device, int index) => new(
        $"cuda:{index}", DeviceKind.Cuda, device.Name, IsProcessor: false, device.NumMultiprocessors, device.MemorySize,
        $"CUDA {device.Architecture}, {GpuLimits(device)}",
        device.Architecture is null || device.InstructionSet is null ? "its CUDA version is unknown to ILGPU" : null)
    {
        Driver = $"CUDA {device.DriverVersion}",
    };

    private static DeviceInfo Describe(CLDevice device, int index)
    {
        var isProcessor = (device.DeviceType & CLDeviceType.CL_DEVICE_TYPE_CPU) != 0;
        var label = isProcessor ? "a processor, not a GPU; " : "";
        return new DeviceInfo(
            $"opencl:{index}", DeviceKind.OpenCl, device.Name, isProcessor, device.NumMultiprocessors, device.MemorySize,
            $"{label}OpenCL {Version(device.CLStdVersion)}, {device.PlatformName}, {GpuLimits(device)}", WhyUnusable(device))
        {
            Driver = $"{device.PlatformVersion}, "
                + $"{CLAPI.CurrentAPI.GetDeviceInfo(device.DeviceId, CLDeviceInfoType.CL_DRIVER_VERSION)}",
        };
    }

    private static string GpuLimits(Device device) =>
        (device.WarpSize > 0 ? $"warps of {device.WarpSize}, " : "")
        + $"groups up to {device.MaxNumThreadsPerGroup}, {device.MaxSharedMemoryPerGroup / 1024} KB of shared memory";

    private static string Version(CLCVersion version) => $"{version.Major}.{version.Minor}";

    private static string? WhyUnusable(CLDevice device) =>
        device.CLStdVersion < CLBackend.MinimumVersion
            ? $"it offers OpenCL {Version(device.CLStdVersion)} where {Version(CLBackend.MinimumVersion)} is needed"
            : null;

    /// <summary>
    /// ILGPU refuses devices without the generic address space (optional since OpenCL 3.0, and missing in PoCL 3.1), though code
    /// made
    /// at O2 uses no generic pointers. Saying that it is there lets such a device through; <see cref="SelfCheck"/> then shows
    /// whether its compiler takes the code.
    /// </summary>
    private static void ForgiveGenericAddressSpace(CLDevice device)
    {
        if (!device.Capabilities.GenericAddressSpace)
        {
            typeof(CLCapabilityContext)
                .GetProperty(nameof(CLCapabilityContext.GenericAddressSpace), BindingFlags.Instance | BindingFlags.Public)!
                .GetSetMethod(nonPublic: true)?
                .Invoke(device.Capabilities, [true]);
        }
    }
}
