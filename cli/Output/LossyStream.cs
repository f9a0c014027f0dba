namespace ScratchNet.Cli.Output;

/// <summary>
/// Where messages go. What can't be written, because the log's disk is full or nobody reads it any more, is lost and nothing
/// else: a run of hours must not end because its log did.
/// </summary>
/// <param name="stream">The stream that may fail.</param>
/// <param name="lost">Told when something could not be written.</param>
internal sealed class LossyStream(Stream stream, Action? lost = null) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (IOException)
        {
            lost?.Invoke();
        }
    }

    public override void Flush()
    {
        try
        {
            stream.Flush();
        }
        catch (IOException)
        {
            lost?.Invoke();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
