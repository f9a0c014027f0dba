using System.Runtime.CompilerServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Host memory as a buffer. It begins on a 64-byte boundary, so that vectors of any width can be aligned, and is pinned,
/// so that it stays there. Large ones begin on different lines of a page: a core takes a load for one of what it has just stored
/// when their addresses end in the same twelve bits, and two arrays gone through side by side would make it wait at every step.
/// The garbage collector frees it: forgetting to dispose leaks nothing.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class CpuBuffer<T> : DeviceBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private const int SmallPage = 4096;

    /// <summary>Smaller buffers are gone through in no time, wherever they lie.</summary>
    private const int LeastBytesToSpread = 16 << 10;

    private T[]? _array;
    private readonly int _start;

    public unsafe CpuBuffer(CpuBackend backend, int length)
        : base(backend, length)
    {
        var size = Unsafe.SizeOf<T>();
        var (period, place) = (long)length * size < LeastBytesToSpread
            ? (Alignment, 0) : (SmallPage, backend.NextLine() * Alignment);

        // Of a length beyond every array's, the runtime says that there is no such memory.
        _array = GC.AllocateUninitializedArray<T>(int.CreateSaturating(length + (long)(period / size)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)(((nuint)(place + period) - (address % (nuint)period)) % (nuint)period) / size;
        HugePages.Ask(Span);
        Clear();
    }

    /// <summary>
    /// An array of the caller's as a buffer, wherever the array begins and even if it moves: for values that are only read.
    /// </summary>
    public CpuBuffer(CpuBackend backend, T[] values)
        : base(backend, values.Length) => _array = values;

    public Span<T> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ObjectDisposedException.ThrowIf(_array is null, this);
            return _array.AsSpan(_start, Length);
        }
    }

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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<T> AsSpan<T>(this BufferView<T> view)
        where T : unmanaged => view.IsEmpty ? default : ((CpuBuffer<T>)view.Buffer).Span.Slice(view.Offset, view.Length);
}
