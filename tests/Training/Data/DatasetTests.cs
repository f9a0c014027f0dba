using System.Buffers.Binary;
using System.IO.Hashing;
using FsCheck;
using FsCheck.Xunit;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class DatasetTests
{
    private static readonly string[] ThreeClasses = ["a", "b", "c"];

    [Fact]
    public void Sizes_and_labels_are_checked()
    {
        Assert.Throws<ArgumentException>(() => new Dataset("x", 2, 2, ThreeClasses, new byte[7], new byte[2]));
        Assert.Throws<ArgumentException>(() => new Dataset("x", 0, 2, ThreeClasses, new byte[0], new byte[2]));
        Assert.Throws<ArgumentException>(() => new Dataset("x", 2, 2, ThreeClasses, new byte[0], new byte[0]));
        Assert.Throws<ArgumentException>(() => new Dataset("x", 1, 1, ThreeClasses, new byte[2], new byte[] { 0, 3 }));
        Assert.Throws<ArgumentException>(() => new Dataset("x", 65536, 65536, ThreeClasses, new byte[1], new byte[1]));
    }

    [Fact]
    public void More_pictures_than_an_array_holds_are_too_much_for_memory() =>
        Assert.Throws<OutOfMemoryException>(() => PictureStore.Allocate(3L << 30));

    [Property(MaxTest = 50)]
    public void Mean_and_deviation_are_those_of_the_definition(PositiveInt size, int seed)
    {
        var pixels = new byte[size.Get * 97];
        new Random(seed).NextBytes(pixels);
        var data = new Dataset("x", size.Get, 97, ["a"], pixels, new byte[1]);
        var mean = pixels.Average(p => p / 255.0);
        Assert.Equal(mean, data.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(pixels.Average(p => (p / 255.0 - mean) * (p / 255.0 - mean))), data.StandardDeviation, 1e-12);
    }

    [Fact]
    public void Sums_of_many_bright_pixels_do_not_overflow()
    {
        var pixels = new byte[3_000_007];
        Array.Fill(pixels, (byte)255);
        var data = new Dataset("x", 1, pixels.Length, ["a"], pixels, new byte[1]);
        Assert.Equal(1, data.Mean);
        Assert.Equal(0, data.StandardDeviation);
    }

    [Fact]
    public void The_fingerprint_covers_sizes_labels_and_pixels()
    {
        var data = Numbered(6);
        var bytes = new byte[16 + 6 + 24];
        foreach (var (value, i) in new[] { 6, 2, 2, 3 }.Select((value, i) => (value, i)))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), value);
        }

        data.Labels.CopyTo(bytes.AsMemory(16));
        data.CopyImages().CopyTo(bytes, 22);
        Assert.Equal(Convert.ToHexStringLower(XxHash128.Hash(bytes)), data.Fingerprint);
        Assert.NotEqual(data.Fingerprint, new Dataset("x", 1, 4, ThreeClasses, data.CopyImages(), data.Labels).Fingerprint);
    }

    [Fact]
    public void Slices_and_selections_keep_pictures_with_their_labels()
    {
        var data = Numbered(10);
        var slice = data.Slice(3, 4);
        Assert.Equal(4, slice.Count);
        Assert.Equal(data.Image(3).ToArray(), slice.Image(0).ToArray());
        Assert.Equal(data.Labels.Span[6], slice.Labels.Span[3]);

        var selection = data.Select([9, 0, 9]);
        Assert.Equal([9, 0, 9], selection.Labels.ToArray().Select((_, i) => (int)selection.Image(i)[0]));
        Assert.Equal([0, 0, 0], selection.Labels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Select([10]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Slice(8, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Image(-1).Length);
    }

    [Property(MaxTest = 100)]
    public void A_stratified_split_parts_the_set_and_keeps_every_classs_share(PositiveInt size, int seed)
    {
        var count = size.Get % 200 + 20;
        var random = new Random(seed);
        var fraction = 0.05 + 0.9 * random.NextDouble();
        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)(random.Next(4) == 0 ? 2 : random.Next(2));
        }

        var images = Enumerable.Range(0, count).SelectMany(i => new[] { (byte)i, (byte)(i >> 8) }).ToArray();
        var data = new Dataset("x", 1, 2, ThreeClasses, images, labels);
        var (train, validation) = data.StratifiedSplit(fraction, (ulong)seed);

        Assert.Equal((int)Math.Round(fraction * count), validation.Count);
        var ids = Ids(train).Concat(Ids(validation)).ToArray();
        Assert.Equal(Enumerable.Range(0, count), ids.Order());
        Assert.Equal(Ids(validation).Order(), Ids(validation));
        Assert.All(Enumerable.Range(0, 3), c => Assert.InRange(
            validation.ClassCounts()[c] - data.ClassCounts()[c] * (double)validation.Count / count, -1, 1));
        Assert.All(Enumerable.Range(0, train.Count), i => Assert.Equal(labels[Ids(train)[i]], train.Labels.Span[i]));
    }

    [Fact]
    public void A_split_depends_on_its_seed_and_on_nothing_else()
    {
        var data = Numbered(30);
        var chosen = Ids(data.StratifiedSplit(0.2, seed: 1).Validation, bytes: 1);
        Assert.Equal(chosen, Ids(data.StratifiedSplit(0.2, seed: 1).Validation, bytes: 1));
        Assert.NotEqual(chosen, Ids(data.StratifiedSplit(0.2, seed: 2).Validation, bytes: 1));

        // Written down when the test was: a change moves examples from training to validation in everybody's resumed runs.
        Assert.Equal(string.Join(" ", Golden), string.Join(" ", chosen));
    }

    [Fact]
    public void A_split_that_leaves_a_part_empty_is_refused()
    {
        Assert.Throws<DataException>(() => Numbered(6).StratifiedSplit(0.01, 0));
        Assert.Throws<DataException>(() => Numbered(6).StratifiedSplit(0.99, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(6).StratifiedSplit(double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(6).StratifiedSplit(1, 0));
    }

    [Fact]
    public void A_subset_keeps_every_classs_share()
    {
        Assert.Equal([4, 4, 4], Numbered(30).Subset(12, seed: 3).ClassCounts());
        Assert.Equal(30, Numbered(30).Subset(30, seed: 3).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(30).Subset(31, seed: 3));
    }

    [Fact]
    public void The_random_numbers_are_SplitMix64s()
    {
        // The first numbers from seed 1234567 that the algorithm's published test gives.
        var random = new StableRandom(1234567);
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL],
            [random.Next(), random.Next(), random.Next()]);
    }

    private static int[] Golden => [4, 5, 7, 14, 15, 18];

    private static int[] Ids(Dataset data, int bytes = 2) =>
        [.. Enumerable.Range(0, data.Count).Select(i => data.Image(i)[0] | (bytes == 2 ? data.Image(i)[1] << 8 : 0))];

    /// <summary>2x2 pictures whose pixels are their number, of classes 0, 1, 2, 0, 1, ...</summary>
    private static Dataset Numbered(int count) => new("numbered", 2, 2, ThreeClasses,
        Enumerable.Range(0, 4 * count).Select(i => (byte)(i / 4)).ToArray(),
        Enumerable.Range(0, count).Select(i => (byte)(i % 3)).ToArray());
}
