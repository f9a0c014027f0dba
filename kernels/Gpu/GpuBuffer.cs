using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Memory on an ILGPU device.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class GpuBuffer<T> : DeviceBuffer<T>
    where T : unmanaged
{
    private readonly GpuBackend _backend;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _memory;

    public GpuBuffer(GpuBackend backend, int length)
        : base(backend, length)
    {
        _backend = backend;
        _memory = backend.Accelerator.Allocate1D<T>(length);
        Clear();
    }

    public ArrayView<T> Memory => _memory.View.BaseView;

    /// <summary>What the driver knows it by: an address in CUDA, a memory object in OpenCL.</summary>
    public nint Handle => _memory.NativePtr;

    public override void Clear() => Memory.MemSetToZero(_backend.Stream);

    protected override void Upload(ReadOnlySpan<T> source, int offset)
    {
        if (!source.IsEmpty)
        {
            // Waits: the host may change the values as soon as this returns.
            Memory.SubView(offset, source.Length).CopyFromCPU(_backend.Stream, source);
            _backend.Synchronize();
        }
    }

    protected override void Download(Span<T> destination, int offset)
    {
        if (!destination.IsEmpty)
        {
            Memory.SubView(offset, destination.Length).CopyToCPU(_backend.Stream, destination);
            _backend.Synchronize();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _memory.Dispose();
        }
    }
}
