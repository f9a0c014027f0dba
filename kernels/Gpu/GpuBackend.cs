using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Runs operations through ILGPU: on CUDA, on OpenCL, or on ILGPU's simulated GPU.</summary>
public sealed class GpuBackend : Backend
{
    private readonly Context _context;
    private Delegate?[] _launchers = new Delegate?[64];

    internal GpuBackend(Context context, Accelerator accelerator, DeviceInfo device)
    {
        _context = context;
        Accelerator = accelerator;
        Device = device;
    }

    /// <inheritdoc/>
    public override DeviceInfo Device { get; }

    /// <inheritdoc/>
    public override Target Target => Target.Gpu;

    internal Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Synchronize() => Accelerator.Synchronize();

    /// <summary>The launcher of a kernel, compiled at its first use and kept from then on.</summary>
    internal TLauncher Launcher<TLauncher>(GpuKernel<TLauncher> kernel)
        where TLauncher : Delegate
    {
        if (kernel.Slot >= _launchers.Length)
        {
            Array.Resize(ref _launchers, 2 * kernel.Slot);
        }

        return (TLauncher)(_launchers[kernel.Slot] ??= kernel.Load(Accelerator));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Accelerator.Dispose();
        _context.Dispose();
    }
}
