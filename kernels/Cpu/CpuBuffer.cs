using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Host memory as a buffer. It begins on a 64-byte boundary, so that vectors of any width can be aligned, and is pinned,
/// so that it stays there. The garbage collector frees it: forgetting to dispose leaks nothing.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class CpuBuffer<T> : DeviceBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private T[]? _array;
    private readonly int _start;

    public unsafe CpuBuffer(CpuBackend backend, int length)
        : base(backend, length)
    {
        var size = Unsafe.SizeOf<T>();
        _array = GC.AllocateUninitializedArray<T>(length + (Alignment / size), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)((Alignment - (address % Alignment)) % Alignment) / size;
        HugePages.Ask(Span);
        Clear();
    }

    /// <summary>An array of the caller's as a buffer, wherever the array begins and even if it moves: for values that are only read.</summary>
    public CpuBuffer(CpuBackend backend, T[] values)
        : base(backend, values.Length) => _array = values;

    public Span<T> Span => (_array ?? throw new ObjectDisposedException("buffer")).AsSpan(_start, Length);

    public override void Read(ValueReader<T> reader, int offset, int length, int most) => reader(Span.Slice(offset, length));

    public override void Clear() => Span.Clear();

    protected override void Upload(ReadOnlySpan<T> source, int offset) => source.CopyTo(Span[offset..]);

    protected override void Download(Span<T> destination, int offset) =>
        Span.Slice(offset, destination.Length).CopyTo(destination);

    protected override void Dispose(bool disposing) => _array = null;
}

/// <summary>How CPU kernels look at the memory behind a view.</summary>
internal static class CpuViewExtensions
{
    /// <summary>The values behind a view that lives on the CPU backend; an empty span for a view that is left out.</summary>
    public static Span<T> AsSpan<T>(this BufferView<T> view)
        where T : unmanaged => view.IsEmpty ? default : ((CpuBuffer<T>)view.Buffer).Span.Slice(view.Offset, view.Length);
}
