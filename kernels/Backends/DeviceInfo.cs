namespace ScratchNet.Kernels;

/// <summary>The kinds of device that operations run on.</summary>
public enum DeviceKind
{
    /// <summary>The processor, through SIMD kernels and a team of threads.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU through CUDA.</summary>
    Cuda,

    /// <summary>An OpenCL device.</summary>
    OpenCl,

    /// <summary>ILGPU's simulated GPU: for debugging and testing kernels, never for speed.</summary>
    Simulator,
}

/// <summary>What is known of a device, whether or not it can be used.</summary>
/// <param name="Id">The name to ask for it by, such as <c>cpu</c>, <c>cuda:0</c>, <c>opencl:1</c> or <c>simulator</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">What the maker calls it.</param>
/// <param name="IsProcessor">Whether it is really a processor: the CPU itself, or an OpenCL device run by one.</param>
/// <param name="Units">Threads for the CPU, multiprocessors or compute units otherwise.</param>
/// <param name="MemoryBytes">Memory that it can use, in bytes; 0 where unknown.</param>
/// <param name="Capabilities">What it can do, in words: vector width, warp size, group size, shared memory, driver.</param>
/// <param name="WhyUnusable">Why it cannot be used; null when it can.</param>
public sealed record DeviceInfo(
    string Id,
    DeviceKind Kind,
    string Name,
    bool IsProcessor,
    int Units,
    long MemoryBytes,
    string Capabilities,
    string? WhyUnusable = null)
{
    /// <summary>What its driver calls itself, with its version; empty where there is none.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Whether a backend can be made on it.</summary>
    public bool IsUsable => WhyUnusable is null;
}
