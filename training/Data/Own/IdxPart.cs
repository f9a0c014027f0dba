namespace ScratchNet.Training.Data;

/// <summary>A pair of IDX files that is streamed: mapped where it lies, or, if gzipped, ungzipped into the cache once.</summary>
internal sealed class IdxPart : DataPart
{
    private const int BlockBytes = 1 << 20;

    private readonly string _imagesPath;
    private readonly byte[] _labels;

    private IdxPart(string imagesPath, string labelsPath, IReadOnlyList<string>? classNames)
    {
        _imagesPath = imagesPath;
        var (source, sizes) = IdxFile.Open(imagesPath, dimensions: 3);
        source.Dispose();
        _labels = IdxFile.Read(labelsPath, dimensions: 1).Values;
        IdxDataset.CheckCounts(imagesPath, sizes[0], labelsPath, _labels.Length);
        ClassNames = IdxDataset.CheckLabels(labelsPath, _labels, classNames);
        Size = new PictureSize(sizes[1], sizes[2]);
        Files = [imagesPath, labelsPath];
    }

    public override string Path => System.IO.Path.GetDirectoryName(_imagesPath)!;

    public override int Count => _labels.Length;

    public override PictureSize Size { get; }

    public override IReadOnlyList<string> ClassNames { get; }

    public override IReadOnlyList<string> Files { get; }

    /// <summary>Whether the pictures of a file are to be streamed: because they are to, or because they are too many for
    /// memory.</summary>
    public static bool IsStreamed(string imagesPath, OwnDataOptions? options)
    {
        if (options is null or { IsStreamed: true })
        {
            return options is not null;
        }

        var (source, sizes) = IdxFile.Open(imagesPath, dimensions: 3);
        source.Dispose();
        return sizes.Aggregate(Int128.One, (product, size) => product * size) is var bytes
            && bytes <= long.MaxValue && IsTooLarge((long)bytes);
    }

    /// <summary>Maps the pictures.</summary>
    public static Dataset Load(string name, string imagesPath, string labelsPath, OwnDataOptions options)
    {
        using (var source = IdxSource.Open(imagesPath))
        {
            if (source.ContentsLength is not null)
            {
                return SetCache.Map(name, imagesPath, labelsPath, options.ClassNames, isStreamed: true);
            }
        }

        return SetCache.Load(new IdxPart(imagesPath, labelsPath, options.ClassNames), name, isStreamed: true, options);
    }

    /// <inheritdoc/>
    public override void Read(Sink sink)
    {
        var (source, _) = IdxFile.Open(_imagesPath, dimensions: 3);
        using (source)
        {
            var block = Math.Max(1, BlockBytes / Size.Pixels);
            var pixels = new byte[block * Size.Pixels];
            for (var first = 0; first < Count; first += block)
            {
                var count = Math.Min(block, Count - first);
                var part = pixels.AsSpan(0, count * Size.Pixels);
                if (source.ReadFully(part) < part.Length)
                {
                    throw source.Error(
                        source.Position, $"{Count} pictures of {Size} pixels", "the end of the contents", IdxSource.Truncated);
                }

                sink(part, _labels.AsSpan(first, count));
            }

            source.ExpectEnd();
        }
    }
}
