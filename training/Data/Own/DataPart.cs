namespace ScratchNet.Training.Data;

/// <summary>
/// A set of labelled pictures as files that have to be decoded: sizes are known, contents come in blocks, in order, from
/// <see cref="Read"/>. From there they go to memory or to the cache.
/// </summary>
internal abstract class DataPart
{
    // Decoding so much again and again takes longer than looking up what was decoded before.
    private const long MuchToDecode = 64 << 20;

    /// <summary>Takes a block of pictures and their labels.</summary>
    public delegate void Sink(ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> labels);

    /// <summary>What to call it in messages.</summary>
    public abstract string Path { get; }

    /// <summary>Number of pictures.</summary>
    public abstract int Count { get; }

    /// <summary>Their size.</summary>
    public abstract PictureSize Size { get; }

    /// <summary>The names of their classes.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>The files that everything comes from.</summary>
    public abstract IReadOnlyList<string> Files { get; }

    /// <summary>Bytes of all pictures.</summary>
    public long PixelBytes => (long)Count * Size.Pixels;

    /// <summary>Decodes everything.</summary>
    /// <param name="sink">Receives block after block.</param>
    public abstract void Read(Sink sink);

    /// <summary>Whether so many bytes of pixels are to be streamed rather than held in memory.</summary>
    public static bool IsTooLarge(long pixelBytes) =>
        pixelBytes > Math.Min(Array.MaxLength, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>Decodes into memory, or streams from the cache, as the options and the size want it.</summary>
    public Dataset Load(string name, OwnDataOptions options)
    {
        var isStreamed = options.IsStreamed || IsTooLarge(PixelBytes);
        return isStreamed || Files.Sum(file => new FileInfo(file).Length) > MuchToDecode
            ? SetCache.Load(this, name, isStreamed, options)
            : ReadIntoMemory(name, options.Cancellation);
    }

    private Dataset ReadIntoMemory(string name, CancellationToken cancellation)
    {
        var (pixels, labels) = (PictureStore.Allocate(PixelBytes), new byte[Count]);
        var count = 0;
        Read((somePixels, someLabels) =>
        {
            cancellation.ThrowIfCancellationRequested();
            somePixels.CopyTo(pixels.AsSpan(count * Size.Pixels));
            someLabels.CopyTo(labels.AsSpan(count));
            count += someLabels.Length;
        });
        return new Dataset(name, Size.Height, Size.Width, ClassNames, pixels, labels);
    }
}
