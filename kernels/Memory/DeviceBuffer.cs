namespace ScratchNet.Kernels;

/// <summary>Looks at values where they are; they may be others as soon as it returns.</summary>
/// <param name="values">The values.</param>
/// <typeparam name="T">Their type.</typeparam>
public delegate void ValueReader<T>(ReadOnlySpan<T> values);

/// <summary>
/// Memory that lives on one backend. Values reach it and leave it only through <see cref="CopyFrom"/> and
/// <see cref="CopyTo"/>, which the backend counts, so that a test can show what a training step moves.
/// </summary>
/// <typeparam name="T">The element type: <see cref="float"/>, <see cref="byte"/> or <see cref="int"/>.</typeparam>
public abstract class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int PieceLength = 1 << 18;

    /// <summary>Notes whose memory this is and how much of it there is.</summary>
    /// <param name="backend">The backend that owns the memory.</param>
    /// <param name="length">Number of elements.</param>
    protected DeviceBuffer(Backend backend, int length)
    {
        Backend = backend;
        Length = length;
    }

    /// <summary>The backend that this memory lives on.</summary>
    public Backend Backend { get; }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>The whole buffer as a view.</summary>
    public BufferView<T> View => new(this, 0, Length);

    /// <summary>Copies host values to the device.</summary>
    /// <param name="source">The values.</param>
    /// <param name="offset">Where the first value goes.</param>
    public void CopyFrom(ReadOnlySpan<T> source, int offset = 0)
    {
        CheckRange(source.Length, offset);
        Backend.Transfers.CountUpload(source.Length * (long)System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        Upload(source, offset);
    }

    /// <summary>Copies device values to the host; waits until everything queued on the device has run.</summary>
    /// <param name="destination">Where the values go.</param>
    /// <param name="offset">The first value to copy.</param>
    public void CopyTo(Span<T> destination, int offset = 0)
    {
        CheckRange(destination.Length, offset);
        Backend.Transfers.CountDownload(destination.Length * (long)System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        Download(destination, offset);
    }

    /// <summary>
    /// Shows values to a reader, first to last: where they are on the processor, in pieces that are downloaded from elsewhere.
    /// Takes no second memory for all of them.
    /// </summary>
    /// <param name="reader">Looks at the values, or at piece after piece of them.</param>
    /// <param name="offset">The first value.</param>
    /// <param name="length">How many values.</param>
    /// <param name="most">Values in a piece, at most.</param>
    public virtual void Read(ValueReader<T> reader, int offset, int length, int most = PieceLength)
    {
        var piece = new T[Math.Min(length, most)];
        for (var done = 0; done < length; done += piece.Length)
        {
            var values = piece.AsSpan(0, Math.Min(piece.Length, length - done));
            CopyTo(values, offset + done);
            reader(values);
        }
    }

    /// <summary>Sets every byte to zero, on the device.</summary>
    public abstract void Clear();

    /// <summary>Gives the memory back. Using the buffer afterwards is an error.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Moves values to the device; the range has been checked.</summary>
    /// <param name="source">The values.</param>
    /// <param name="offset">Where the first value goes.</param>
    protected abstract void Upload(ReadOnlySpan<T> source, int offset);

    /// <summary>Moves values to the host; the range has been checked.</summary>
    /// <param name="destination">Where the values go.</param>
    /// <param name="offset">The first value to copy.</param>
    protected abstract void Download(Span<T> destination, int offset);

    /// <summary>Gives the memory back.</summary>
    /// <param name="disposing">Whether this is called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);

    private void CheckRange(int count, int offset)
    {
        if ((uint)offset > (uint)Length || count > Length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(offset),
                $"{count} elements at {offset} do not fit a buffer of {Length} elements.");
        }
    }
}
