using System.Buffers.Binary;
using System.Globalization;
using ScratchNet.Engine.Files;

namespace ScratchNet.Training.Data;

/// <summary>
/// Labelled grey pictures of one size, kept as the bytes they came as: (count x features) u8, row-major, in memory or in a mapped
/// file, and <see cref="Labels"/>, (count) u8 with values 0..classes-1. Immutable: selections are new sets that share the pixels.
/// </summary>
public sealed class Dataset
{
    private readonly PictureStore _store;
    private readonly int[]? _rows;
    private readonly Lazy<string> _fingerprint;
    private readonly Lazy<(double Mean, double StandardDeviation)> _moments;

    /// <summary>A data set over the given bytes, which are not copied and must not change afterwards.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="height">Rows of one picture.</param>
    /// <param name="width">Columns of one picture.</param>
    /// <param name="classNames">One name for every class; their number is the number of classes, 1..256.</param>
    /// <param name="images">(count x height·width) pixels, 0..255.</param>
    /// <param name="labels">(count) classes, one a picture.</param>
    /// <exception cref="ArgumentException">A size is not positive, sizes do not agree, or a label is out of range.</exception>
    public Dataset(string name, int height, int width, IReadOnlyList<string> classNames,
        ReadOnlyMemory<byte> images, ReadOnlyMemory<byte> labels)
        : this(name, height, width, classNames, new MemoryPictures(images, height * width), null, labels, isStreamed: false)
    {
        if ((long)labels.Length * height * width != images.Length)
        {
            throw new ArgumentException(
                $"{labels.Length} labels and {images.Length} pixels are no set of {height}x{width} pictures.");
        }
    }

    /// <summary>A data set over pictures that are stored somewhere.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="height">Rows of one picture.</param>
    /// <param name="width">Columns of one picture.</param>
    /// <param name="classNames">One name for every class.</param>
    /// <param name="store">The pictures.</param>
    /// <param name="rows">Which of them example after example has; null: all, in their order.</param>
    /// <param name="labels">(count) classes, one an example.</param>
    /// <param name="isStreamed">See <see cref="IsStreamed"/>.</param>
    internal Dataset(string name, int height, int width, IReadOnlyList<string> classNames, PictureStore store, int[]? rows,
        ReadOnlyMemory<byte> labels, bool isStreamed)
    {
        if (height < 1 || width < 1 || labels.Length < 1)
        {
            throw new ArgumentException($"{labels.Length} pictures of {height}x{width} are no data set.");
        }

        if (classNames.Count is < 1 or > 256)
        {
            throw new ArgumentException($"{classNames.Count} classes: labels of one byte allow 1 to 256.");
        }

        var wrong = labels.Span.IndexOfAnyExceptInRange((byte)0, (byte)(classNames.Count - 1));
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"Label {labels.Span[wrong]} of example {wrong} is not below {classNames.Count}, the number of classes.");
        }

        (Name, Height, Width, ClassNames, Labels) = (name, height, width, classNames, labels);
        (_store, _rows, IsStreamed) = (store, rows, isStreamed);
        _fingerprint = new(ComputeFingerprint);
        _moments = new(() => PixelStatistics.MeanAndDeviation(this));
    }

    /// <summary>What the set is called.</summary>
    public string Name { get; }

    /// <summary>Number of examples, at least 1.</summary>
    public int Count => Labels.Length;

    /// <summary>Rows of one picture.</summary>
    public int Height { get; }

    /// <summary>Columns of one picture.</summary>
    public int Width { get; }

    /// <summary>Pixels of one picture: height x width.</summary>
    public int Features => Height * Width;

    /// <summary>Number of classes.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>The classes' names, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>(count) classes, 0..classes-1.</summary>
    public ReadOnlyMemory<byte> Labels { get; }

    /// <summary>
    /// Whether training brings the pictures to the device batch by batch instead of all at once: for sets that are larger than
    /// memory. The results are the same bits.
    /// </summary>
    public bool IsStreamed { get; }

    /// <summary>Bytes of all pictures.</summary>
    public long PixelBytes => (long)Count * Features;

    /// <summary>
    /// XXH128 of the contents, lower-case hex, computed when first asked for: of count, height, width and classes as four
    /// little-endian int32, then the labels, then the pixels; not of names.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Mean of all pixels / 255, exact to rounding; computed when first asked for.</summary>
    public double Mean => _moments.Value.Mean;

    /// <summary>Standard deviation of all pixels / 255 (over the population), computed when first asked for.</summary>
    public double StandardDeviation => _moments.Value.StandardDeviation;

    /// <summary>The pixels of one example; a copy when the set is not in memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public ReadOnlySpan<byte> Image(int index) => _store.Picture(RowOf(index));

    /// <summary>Copies the pixels of one example.</summary>
    /// <param name="index">Which example.</param>
    /// <param name="pixels">Receives <see cref="Features"/> bytes; exactly that long.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public void CopyImage(int index, Span<byte> pixels) => _store.Copy(RowOf(index), pixels);

    /// <summary>All pixels in one new array, (count x features).</summary>
    /// <exception cref="InvalidOperationException">They are more than an array holds.</exception>
    public byte[] CopyImages()
    {
        if (PixelBytes > Array.MaxLength)
        {
            throw new InvalidOperationException($"{Name} has {PixelBytes:N0} bytes of pixels, more than an array holds.");
        }

        var pixels = PictureStore.Allocate(PixelBytes);
        for (var i = 0; i < Count; i++)
        {
            CopyImage(i, pixels.AsSpan(i * Features, Features));
        }

        return pixels;
    }

    /// <summary>How many examples each class has.</summary>
    public int[] ClassCounts()
    {
        var counts = new int[Classes];
        foreach (var label in Labels.Span)
        {
            counts[label]++;
        }

        return counts;
    }

    /// <summary>
    /// Gives back the memory of pictures that came from an IDX file, for a part that is not needed for a while, and of every
    /// selection of it; when they are asked for again they are read again. Pictures from elsewhere stay where they are.
    /// </summary>
    public void ReleasePictures() => _store.Release();

    /// <summary>The same set, to be brought to the device batch by batch.</summary>
    public Dataset Streamed() => With(_rows, Labels, isStreamed: true);

    /// <summary>The examples start..start+count-1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or reaches outside the set.</exception>
    public Dataset Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        return Select([.. Enumerable.Range(start, count)]);
    }

    /// <summary>The chosen examples, in the order of the indices; an index may come more than once.</summary>
    /// <exception cref="ArgumentException">No index is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is not one of an example.</exception>
    public Dataset Select(ReadOnlySpan<int> indices)
    {
        var rows = new int[indices.Length];
        var labels = new byte[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            rows[i] = RowOf(indices[i]);
            labels[i] = Labels.Span[indices[i]];
        }

        return With(rows, labels, IsStreamed);
    }

    /// <summary>A random part of so many examples in which every class keeps its share, in the old order.</summary>
    /// <param name="count">How many examples, 1..Count.</param>
    /// <param name="seed">The same seed always chooses the same examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is not 1..Count.</exception>
    public Dataset Subset(int count, ulong seed) =>
        count == Count ? this : Select(Stratification.Choose(Labels.Span, Classes, count, seed).Chosen);

    /// <summary>Whether a share of the examples, rounded to whole ones, is some of them and not all.</summary>
    /// <param name="fraction">The share, between 0 and 1.</param>
    public bool CanSplit(double fraction) => CountOf(fraction) is var count && count >= 1 && count < Count;

    /// <summary>
    /// Splits off a validation part in which every class keeps its share to within one example. Which examples of a class
    /// go is random; both parts keep the old order.
    /// </summary>
    /// <param name="fraction">Share of the examples that goes to the validation part, between 0 and 1.</param>
    /// <param name="seed">The same seed always gives the same split.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="DataException">The set is too small for the fraction: a part would be empty.</exception>
    public (Dataset Train, Dataset Validation) StratifiedSplit(double fraction, ulong seed)
    {
        if (!(fraction is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A validation share lies between 0 and 1.");
        }

        if (!CanSplit(fraction))
        {
            throw new DataException(string.Create(CultureInfo.InvariantCulture,
                $"{Name}: {fraction} of {Count} examples leaves a part of the split empty; choose another share"));
        }

        var (validation, train) = Stratification.Choose(Labels.Span, Classes, CountOf(fraction), seed);
        return (Select(train), Select(validation));
    }

    /// <summary>All pictures of the store as an array's part, where there is one, and which of them the examples have.</summary>
    internal (ArraySegment<byte>? Pictures, int[]? Rows) InMemory() => (_store.Array, _rows);

    private int CountOf(double fraction) => (int)Math.Round(fraction * Count);

    private int RowOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _rows is null ? index : _rows[index];
    }

    private Dataset With(int[]? rows, ReadOnlyMemory<byte> labels, bool isStreamed) =>
        new(Name, Height, Width, ClassNames, _store, rows, labels, isStreamed);

    private string ComputeFingerprint()
    {
        Span<byte> sizes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(sizes, Count);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[4..], Height);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[8..], Width);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[12..], Classes);
        using var checksum = Checksum.Begin(ChecksumKind.XxHash128);
        checksum.Add(sizes);
        checksum.Add(Labels.Span);
        var picture = new byte[Features];
        for (var i = 0; i < Count; i++)
        {
            CopyImage(i, picture);
            checksum.Add(picture);
        }

        return checksum.Digits();
    }
}
