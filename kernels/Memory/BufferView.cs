namespace ScratchNet.Kernels;

/// <summary>
/// A window of <paramref name="Length"/> elements into a buffer, beginning at <paramref name="Offset"/>: what operations
/// take as arguments. A default view has no buffer and stands for an argument that is left out.
/// </summary>
/// <param name="Buffer">The memory looked into, on whichever backend it lives.</param>
/// <param name="Offset">Index of the first element.</param>
/// <param name="Length">Number of elements.</param>
/// <typeparam name="T">The element type.</typeparam>
public readonly record struct BufferView<T>(DeviceBuffer<T> Buffer, int Offset, int Length)
    where T : unmanaged
{
    /// <summary>Whether this view stands for an argument that is left out.</summary>
    public bool IsEmpty => Buffer is null;

    /// <summary>A window into this window.</summary>
    /// <param name="offset">First element, counted from the start of this view.</param>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slice does not lie inside this view.</exception>
    public BufferView<T> Slice(int offset, int length)
    {
        if ((uint)offset > (uint)Length || (uint)length > (uint)(Length - offset))
        {
            throw new ArgumentOutOfRangeException(nameof(length),
                $"A slice of {length} elements at {offset} does not lie inside a view of {Length} elements.");
        }

        return this with { Offset = Offset + offset, Length = length };
    }

    /// <summary>Copies host values into the device memory behind this view (an upload, counted by the backend).</summary>
    /// <param name="source">At most <see cref="Length"/> values.</param>
    public void CopyFrom(ReadOnlySpan<T> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, Length);
        Buffer.CopyFrom(source, Offset);
    }

    /// <summary>
    /// Copies the values behind this view to the host (a download, counted by the backend; waits for the device).
    /// </summary>
    /// <param name="destination">Room for at most <see cref="Length"/> values; filled from its start.</param>
    public void CopyTo(Span<T> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Length);
        Buffer.CopyTo(destination, Offset);
    }

    /// <summary>Shows the values behind this view to a reader; see <see cref="DeviceBuffer{T}.Read"/>.</summary>
    /// <param name="reader">Looks at them, perhaps piece after piece.</param>
    public void Read(ValueReader<T> reader) => Buffer.Read(reader, Offset, Length);

    /// <summary>Shows the values behind this view to a reader, all at once.</summary>
    /// <param name="reader">Looks at them.</param>
    public void ReadWhole(ValueReader<T> reader) => Buffer.Read(reader, Offset, Length, Length);

    /// <summary>The values behind this view as a new array on the host (a download).</summary>
    public T[] ToArray()
    {
        var values = new T[Length];
        CopyTo(values);
        return values;
    }
}
