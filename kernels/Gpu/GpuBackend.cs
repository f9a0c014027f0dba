using ILGPU;
using ILGPU.Runtime;

namespace ScratchNet.Kernels;

/// <summary>Runs operations through ILGPU: on CUDA, on OpenCL, or on ILGPU's simulated GPU.</summary>
public sealed class GpuBackend : Backend
{
    internal const int WidestGroup = 256;

    // More groups than multiprocessors even out their different speeds; beyond these, the grid-stride loops take the rest.
    private const int GroupsPerUnit = 16;

    private readonly Context _context;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _nothing;
    private DeviceBuffer<float>? _scratch;
    private IDisposable? _library;
    private Delegate?[] _launchers = new Delegate?[64];

    internal GpuBackend(Context context, Accelerator accelerator, DeviceInfo device, int groupSize = WidestGroup)
    {
        _context = context;
        Accelerator = accelerator;
        Device = device;
        Stream = accelerator.DefaultStream;
        RunsThreadsInTurn = groupSize == 1 || device is { Kind: DeviceKind.OpenCl, IsProcessor: true };
        GroupSize = RunsThreadsInTurn ? 1 : Math.Min(groupSize, accelerator.MaxNumThreadsPerGroup);
        Tuning = MatMulTuning.BuiltIn(RunsThreadsInTurn);
        _nothing = accelerator.Allocate1D<float>(1);
        _nothing.MemSetToZero(Stream);
    }

    /// <inheritdoc/>
    public override DeviceInfo Device { get; }

    /// <inheritdoc/>
    public override Target Target => Target.Gpu;

    /// <summary>Kernels launched since this backend was made.</summary>
    public long Launches { get; private set; }

    internal Accelerator Accelerator { get; }

    internal AcceleratorStream Stream { get; }

    /// <summary>
    /// Whether one thread a group is best. On a processor behind OpenCL the threads of a group run one after another, so shared
    /// memory and barriers only cost; on the simulator every thread of a group is a thread of the operating system, and each
    /// barrier takes it up to a millisecond.
    /// </summary>
    internal bool RunsThreadsInTurn { get; }

    /// <summary>Which matmul kernel computes what.</summary>
    internal MatMulTuning Tuning { get; set; }

    /// <summary>Threads a group in kernels that don't ask for another number.</summary>
    internal int GroupSize { get; }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var bytes = length * (long)Interop.SizeOf<T>();
        if (bytes > Device.MemoryBytes)
        {
            throw OutOfMemory(bytes, null);
        }

        try
        {
            Accelerator.Bind();
            return new GpuBuffer<T>(this, length);
        }
        catch (Exception exception) when (exception is AcceleratorException or OutOfMemoryException)
        {
            throw OutOfMemory(bytes, exception);
        }
    }

    /// <inheritdoc/>
    public override void Synchronize() => Stream.Synchronize();

    /// <summary>The launcher of a kernel, compiled at its first use and kept from then on. Every call is counted as a
    /// launch.</summary>
    internal TLauncher Launcher<TLauncher>(GpuKernel<TLauncher> kernel)
        where TLauncher : Delegate
    {
        if (kernel.Slot >= _launchers.Length)
        {
            Array.Resize(ref _launchers, 2 * kernel.Slot);
        }

        Launches++;
        Accelerator.Bind();
        return (TLauncher)(_launchers[kernel.Slot] ??= kernel.Load(Accelerator));
    }

    /// <summary>A library for this device, opened at its first use and closed with the backend.</summary>
    internal TLibrary Library<TLibrary>(Func<TLibrary> open)
        where TLibrary : IDisposable =>
        (TLibrary)(_library ??= open());

    /// <summary>The launch of a grid-stride kernel over a number of independent items.</summary>
    internal KernelConfig ForEach(long items) => Groups((items + GroupSize - 1) / GroupSize, GroupSize);

    /// <summary>The launch of a kernel whose groups stride over work items that a whole group does together.</summary>
    /// <param name="items">Number of work items.</param>
    /// <param name="groupSize">Threads a group.</param>
    internal KernelConfig Groups(long items, int groupSize) =>
        new KernelConfig((int)Math.Clamp(items, 1, Device.Units * (long)GroupsPerUnit), groupSize);

    /// <summary>The device memory behind a view; a single zero for a view that is left out.</summary>
    internal ArrayView<T> Memory<T>(BufferView<T> view)
        where T : unmanaged =>
        view.IsEmpty ? _nothing.View.BaseView.Cast<T>() : ((GpuBuffer<T>)view.Buffer).Memory.SubView(view.Offset, view.Length);

    /// <summary>Memory for intermediate values within one operation. It only grows, so a training step allocates none.</summary>
    internal ArrayView<float> Scratch(int length)
    {
        if (_scratch is null || _scratch.Length < length)
        {
            Synchronize();
            _scratch?.Dispose();
            _scratch = Allocate<float>(length);
        }

        return Memory(_scratch.View.Slice(0, length));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _library?.Dispose();
            _scratch?.Dispose();
            _nothing.Dispose();
            Accelerator.Dispose();
            _context.Dispose();
        }
    }

    private DeviceMemoryException OutOfMemory(long bytes, Exception? inner) =>
        new($"{Device.Id} ({Device.Name}) has no {bytes / 1048576.0:N1} MB of memory left.", inner);
}
