using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using ScratchNet.Kernels;

namespace ScratchNet.Training.Data;

/// <summary>Where the pixels of many pictures of one size are. Immutable, and read by any thread.</summary>
internal abstract class PictureStore
{
    /// <summary>
    /// Memory for many pictures, holding anything: on large pages where there are some. A batch takes its pictures from anywhere,
    /// and finding 128 of MNIST's on small pages took up to 1 ms in a virtual machine, a fifth of that on large ones.
    /// </summary>
    /// <exception cref="OutOfMemoryException">More bytes than memory, or an array, holds.</exception>
    public static byte[] Allocate(long bytes)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(int.CreateSaturating(bytes));
        HugePages.Ask<byte>(pixels);
        return pixels;
    }

    /// <summary>Copies the pixels of a picture.</summary>
    /// <param name="index">Which picture.</param>
    /// <param name="pixels">Receives them; as long as a picture.</param>
    public abstract void Copy(int index, Span<byte> pixels);

    /// <summary>The pixels of a picture, copied only where they are not in memory.</summary>
    public abstract ReadOnlySpan<byte> Picture(int index);

    /// <summary>All pixels as an array's part, where there is one.</summary>
    public virtual ArraySegment<byte>? Array => null;

    /// <summary>Lets go of memory that can be filled again from a file; whoever asks for a picture afterwards gets it all the
    /// same.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>Pictures in memory.</summary>
/// <param name="pixels">(count x features) bytes.</param>
/// <param name="features">Bytes of a picture.</param>
internal sealed class MemoryPictures(ReadOnlyMemory<byte> pixels, int features) : PictureStore
{
    public override ArraySegment<byte>? Array =>
        MemoryMarshal.TryGetArray(pixels, out var part) ? part : default(ArraySegment<byte>?);

    public override void Copy(int index, Span<byte> picture) => Picture(index).CopyTo(picture);

    public override ReadOnlySpan<byte> Picture(int index) => pixels.Span.Slice(index * features, features);
}

/// <summary>Pictures of an IDX file, in memory while they are used, and read again when they are asked for after that.</summary>
internal sealed class FilePictures : PictureStore
{
    private readonly Lock _reading = new();
    private readonly string _path;
    private readonly int[] _sizes;
    private readonly DateTime _written;
    private volatile byte[]? _pixels;

    /// <summary>Notes where the pictures came from.</summary>
    /// <param name="path">The file, gzipped or not, which was just read.</param>
    /// <param name="contents">What is in it.</param>
    public FilePictures(string path, IdxArray contents)
    {
        (_path, _pixels) = (Path.GetFullPath(path), contents.Values);
        _sizes = [.. contents.Dimensions];
        _written = File.GetLastWriteTimeUtc(_path);
    }

    public override ArraySegment<byte>? Array => Pixels;

    private int Features => _sizes[1] * _sizes[2];

    private byte[] Pixels => _pixels ?? ReadAgain();

    public override void Copy(int index, Span<byte> picture) => Picture(index).CopyTo(picture);

    public override ReadOnlySpan<byte> Picture(int index) => Pixels.AsSpan(index * Features, Features);

    public override void Release() => _pixels = null;

    private byte[] ReadAgain()
    {
        lock (_reading)
        {
            return _pixels ??= Read();
        }
    }

    private byte[] Read()
    {
        var contents = IdxFile.Read(_path, dimensions: 3);
        return contents.Dimensions.SequenceEqual(_sizes) && File.GetLastWriteTimeUtc(_path) == _written
            ? contents.Values
            : throw new DataException($"{_path}: has changed since it was first read; begin again with what is there now");
    }
}

/// <summary>
/// Pictures in a file that is mapped into the address space: the system reads what is asked for, and forgets it again when memory
/// is short, so that the file may be larger than memory.
/// </summary>
internal sealed class MappedPictures : PictureStore
{
    private readonly SafeBuffer _memory;
    private readonly int _features;

    /// <summary>Maps a part of a file. It must stay as it is; the mapping ends when nobody refers to it any more.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Its first byte of pixels.</param>
    /// <param name="count">Number of pictures.</param>
    /// <param name="features">Bytes of a picture.</param>
    public MappedPictures(string path, long offset, int count, int features)
    {
        _features = features;
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(offset, (long)count * features, MemoryMappedFileAccess.Read);
        First = (ulong)view.PointerOffset;
        _memory = view.SafeMemoryMappedViewHandle;
    }

    // Mappings begin at a page: the first pixel is a little further on.
    private ulong First { get; }

    public override void Copy(int index, Span<byte> pixels) =>
        _memory.ReadSpan(First + ((ulong)index * (ulong)_features), pixels[.._features]);

    public override ReadOnlySpan<byte> Picture(int index)
    {
        var pixels = new byte[_features];
        Copy(index, pixels);
        return pixels;
    }
}
