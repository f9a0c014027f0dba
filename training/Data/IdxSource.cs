using System.Buffers.Binary;
using System.IO.Compression;

namespace ScratchNet.Training.Data;

/// <summary>
/// The contents of a file, ungzipped when its first bytes say that it is a gzip, with every fault reported as a
/// <see cref="DataException"/> that names the file and the offset in the contents.
/// </summary>
internal sealed class IdxSource : IDisposable
{
    /// <summary>The advice for a file that ends too early.</summary>
    public const string Truncated = "the file is truncated; copy or download it again";

    // Pictures seldom shrink below an eighth, so most files are read into memory allocated once.
    private const int UsualCompression = 8;
    private const int GzipTrailerLength = 8;

    private readonly string _path;
    private readonly Stream _file;
    private readonly Stream _contents;

    private IdxSource(string path, Stream file, Stream contents)
    {
        (_path, _file, _contents) = (path, file, contents);
        ContentsLength = IsGzip ? null : file.Length;
    }

    /// <summary>Bytes of contents read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Length of the contents, null for a gzip.</summary>
    public long? ContentsLength { get; }

    private bool IsGzip => _contents != _file;

    /// <summary>Opens a file for reading.</summary>
    public static IdxSource Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            if (!file.CanSeek)
            {
                file.Dispose();
                throw new DataException($"{path}: not a regular file; copy its contents to one");
            }

            Span<byte> start = stackalloc byte[2];
            var isGzip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
            file.Position = 0;
            return new IdxSource(path, file, isGzip ? new GZipStream(file, CompressionMode.Decompress) : file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: no such file; check the path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Reads a part of the header, which must be there completely.</summary>
    public void ReadHeaderPart(Span<byte> part)
    {
        var count = ReadFully(part);
        if (count < part.Length)
        {
            throw Error(Position, $"a header of {Position - count + part.Length} bytes or more", $"the end after {Position}",
                Truncated);
        }
    }

    /// <summary>Reads so many bytes; the memory grows with what arrives, up to what is asked for.</summary>
    public byte[] ReadValues(int length)
    {
        var values = PictureStore.Allocate(IsGzip ? Math.Min(length, Math.Max(4096, _file.Length * UsualCompression)) : length);
        for (var filled = 0; ;)
        {
            var count = ReadFully(values.AsSpan(filled));
            filled += count;
            if (filled == length)
            {
                return values;
            }

            if (filled < values.Length)
            {
                throw Error(Position, $"{length} bytes of values", $"{filled}", Truncated);
            }

            Array.Resize(ref values, (int)Math.Min(length, 2L * values.Length));
        }
    }

    /// <summary>Checks that the contents end here and that a gzip is complete.</summary>
    public void ExpectEnd()
    {
        if (ReadFully(stackalloc byte[1]) != 0)
        {
            throw Error(Position - 1, "the end of the contents", "more bytes", "the header is damaged, or it is another file");
        }

        // The decompressor checks the trailer's CRC when the trailer is there, but takes a file that ends before it for complete.
        if (IsGzip)
        {
            Span<byte> length = stackalloc byte[4];
            var place = Math.Max(0, _file.Length - length.Length);
            _file.Position = place;
            _file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false);
            var promised = BinaryPrimitives.ReadUInt32LittleEndian(length);

            // Several gzips one after another are one too, whose trailer tells the length of the last one alone.
            if (_file.Length < GzipTrailerLength || (promised != (uint)Position && !CanBeContinued()))
            {
                throw new DataException($"{_path}: byte {place} of the gzip: expected a trailer telling {Position} "
                    + $"bytes of contents, found {promised}: the file is truncated or has trailing bytes; copy it again");
            }
        }
    }

    /// <summary>An error at an offset of the contents.</summary>
    public DataException Error(long offset, string expected, string found, string advice, Exception? cause = null)
    {
        var message = $"{_path}: byte {offset}{(IsGzip ? " of the contents" : "")}: expected {expected}, found {found}: {advice}";
        return cause == null ? new DataException(message) : new DataException(message, cause);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _contents.Dispose();
        _file.Dispose();
    }

    /// <summary>
    /// Whether another gzip behind this one is unpacked as one of its own. Behind one that is cut off it would be taken for
    /// what is missing there, and behind trailing bytes for more of those.
    /// </summary>
    private bool CanBeContinued()
    {
        try
        {
            using var contents = new GZipStream(new ContinuedFile(_path), CompressionMode.Decompress);
            var block = new byte[1 << 16];
            for (var left = Position; left > 0;)
            {
                var count = contents.Read(block.AsSpan(0, (int)Math.Min(left, block.Length)));
                if (count == 0)
                {
                    return false;
                }

                left -= count;
            }

            var added = block.AsSpan(0, contents.ReadAtLeast(block, block.Length, throwOnEndOfStream: false));
            return added.SequenceEqual(ContinuedFile.Contents);
        }
        catch (InvalidDataException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{_path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads until the span is full or the contents end, and returns how many bytes that were.</summary>
    public int ReadFully(Span<byte> bytes)
    {
        try
        {
            var count = _contents.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Position += count;
            return count;
        }
        catch (InvalidDataException e)
        {
            throw Error(Position, "intact gzip data", "damage from here on or a wrong checksum", "copy or download it again", e);
        }
        catch (IOException e)
        {
            throw new DataException($"{_path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A file that is read, and behind its end a gzip of a few bytes.</summary>
    private sealed class ContinuedFile(string path) : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
    {
        private readonly MemoryStream _gzip = Pack();

        /// <summary>What is in that gzip.</summary>
        public static ReadOnlySpan<byte> Contents => "the file was whole"u8;

        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is > 0 and var read ? read : _gzip.Read(buffer, offset, count);

        private static MemoryStream Pack()
        {
            var gzip = new MemoryStream();
            using (var contents = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true))
            {
                contents.Write(Contents);
            }

            gzip.Position = 0;
            return gzip;
        }
    }
}
