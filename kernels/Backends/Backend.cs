namespace ScratchNet.Kernels;

/// <summary>Which of an operation's kernels a backend can run.</summary>
public enum Target
{
    /// <summary>Kernels over spans: the reference loops and the SIMD code.</summary>
    Cpu,

    /// <summary>ILGPU kernels: CUDA, OpenCL and the simulator.</summary>
    Gpu,
}

/// <summary>
/// A place where memory lives and operations run on it. Operations are queued in the order in which they are called;
/// only copies to the host and <see cref="Synchronize"/> wait. A backend belongs to one thread at a time.
/// </summary>
public abstract partial class Backend : IDisposable
{
    /// <summary>The device behind this backend.</summary>
    public abstract DeviceInfo Device { get; }

    /// <summary>Which kernels run here.</summary>
    public abstract Target Target { get; }

    /// <summary>Copies between host and device since this backend was made.</summary>
    public TransferCount Transfers { get; } = new();

    /// <summary>What a person should know about how it was opened, in one line; null when all is as usual.</summary>
    public string? Warning { get; internal set; }

    /// <summary>Allocates memory on the device and sets it to zero.</summary>
    /// <param name="length">Number of elements, at least 1.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <exception cref="DeviceMemoryException">The device has not that much memory left.</exception>
    public abstract DeviceBuffer<T> Allocate<T>(int length)
        where T : unmanaged;

    /// <summary>
    /// Memory with values that operations only read. Where the device is this processor it is the array itself, which takes no
    /// second piece of memory and must not change; elsewhere it is a copy (an upload).
    /// </summary>
    /// <param name="values">The values, at least one.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <exception cref="DeviceMemoryException">The device has not that much memory left.</exception>
    public virtual DeviceBuffer<T> Share<T>(T[] values)
        where T : unmanaged
    {
        var buffer = Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    /// <summary>Waits until everything that was queued has run.</summary>
    public abstract void Synchronize();

    /// <summary>Gives the device back. Buffers of this backend must not be used afterwards.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the device back.</summary>
    /// <param name="disposing">Whether this is called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
