using System.IO.Compression;
using FsCheck;
using FsCheck.Xunit;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 60)]
    public void What_is_written_is_read_again(PositiveInt count, PositiveInt height, PositiveInt width, bool gzip, int seed)
    {
        int[] sizes = [count.Get % 40 + 1, height.Get % 30 + 1, width.Get % 30 + 1];
        var values = new byte[sizes[0] * sizes[1] * sizes[2]];
        new Random(seed).NextBytes(values);
        var path = _folder[gzip ? "pictures.gz" : "pictures"];

        IdxFile.Write(path, sizes, values);
        var read = IdxFile.Read(path, dimensions: 3);

        Assert.Equal(sizes, read.Dimensions);
        Assert.Equal(values, read.Values);
        Assert.False(File.Exists(path + ".tmp"));
    }

    [Fact]
    public void The_layout_is_the_formats()
    {
        IdxFile.Write(_folder["labels"], [3], (byte[])[7, 8, 9]);
        Assert.Equal([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9], File.ReadAllBytes(_folder["labels"]));
    }

    [Fact]
    public void Gzip_is_told_by_its_bytes_not_its_name()
    {
        IdxFile.Write(_folder["a.gz"], [2], (byte[])[1, 2]);
        File.Move(_folder["a.gz"], _folder["a"]);
        Assert.Equal([1, 2], IdxFile.Read(_folder["a"], 1).Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_at_any_byte_is_an_error(bool gzip)
    {
        var whole = SmallFile(gzip);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("cut", whole.AsSpan(0, length));
            var error = Assert.Throws<DataException>(() => IdxFile.Read(path, 3));
            AssertOneLineNaming(path, error);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trailing_bytes_are_an_error(bool gzip)
    {
        var path = _folder.Write("long", [.. SmallFile(gzip), 0]);
        AssertOneLineNaming(path, Assert.Throws<DataException>(() => IdxFile.Read(path, 3)));
    }

    [Fact]
    public void Trailing_bytes_inside_a_gzip_are_an_error()
    {
        var path = _folder.Write("long", Gzip([.. SmallFile(gzip: false), 0]));
        Assert.Contains("byte 76 of the contents", Assert.Throws<DataException>(() => IdxFile.Read(path, 3)).Message);
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void Several_gzips_one_after_another_are_one_which_must_be_whole(CompressionLevel level)
    {
        byte[] empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var contents = SmallFile(gzip: false);
        contents.AsSpan(40).Clear();
        byte[] whole = [.. Gzip(contents[..30], level), .. Gzip(contents[30..31], level), .. Gzip(contents[31..], level)];
        Assert.Equal(contents[16..], IdxFile.Read(_folder.Write("several", whole), 3).Values);
        Assert.Equal(contents[16..], IdxFile.Read(_folder.Write("ends", [.. whole, .. empty]), 3).Values);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("cut", whole.AsSpan(0, length));
            AssertOneLineNaming(path, Assert.Throws<DataException>(() => IdxFile.Read(path, 3)));
        }

        byte[][] tails = [[0], new byte[8], new byte[600], empty[..1], empty[..12], [.. empty, 0]];
        foreach (var tail in tails)
        {
            var path = _folder.Write("long", [.. whole, .. tail]);
            AssertOneLineNaming(path, Assert.Throws<DataException>(() => IdxFile.Read(path, 3)));
        }
    }

    [Property(MaxTest = 300)]
    public void A_flipped_bit_never_gives_anything_but_the_contents_or_a_DataException(bool gzip, NonNegativeInt place)
    {
        var bytes = SmallFile(gzip);
        var bit = place.Get % (bytes.Length * 8);
        bytes[bit / 8] ^= (byte)(1 << bit % 8);
        var path = _folder.Write("flipped", bytes);
        try
        {
            var read = IdxFile.Read(path, 3);
            Assert.Equal(60, read.Values.Length);

            // A gzip's checksum covers all but its header's flags, time and system.
            Assert.True(!gzip || read.Values.SequenceEqual(SmallValues()));
        }
        catch (DataException e)
        {
            AssertOneLineNaming(path, e);
        }
    }

    [Property(MaxTest = 200)]
    public void Arbitrary_bytes_are_a_DataException(byte[] bytes)
    {
        var path = _folder.Write("noise", bytes);
        Assert.Throws<DataException>(() => IdxFile.Read(path, 3));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1 }, "byte 4", "65536x65536")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 7 }, "byte 17",
        "expected 3 bytes of values, found 1")]
    [InlineData(new byte[] { 0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1 }, "byte 4", "4294967295")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 }, "byte 4", "found 0")]
    [InlineData(new byte[] { 0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255 }, "byte 4",
        "2147483647x2147483647")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 5 }, "0x00000803 (pictures)", "0x00000801 (labels)")]
    [InlineData(new byte[] { 0, 0, 13, 3, 0, 0, 0, 1 }, "0x00000D03", "another type than unsigned bytes")]
    [InlineData(new byte[] { 137, 80, 78, 71 }, "0x89504E47", "not IDX")]
    public void A_wrong_header_is_named(byte[] bytes, string expected, string alsoExpected)
    {
        var path = _folder.Write("header", bytes);
        var message = Assert.Throws<DataException>(() => IdxFile.Read(path, 3)).Message;
        Assert.Contains(expected, message);
        Assert.Contains(alsoExpected, message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_header_that_promises_2_GB_allocates_next_to_nothing(bool gzip)
    {
        byte[] bytes = [0, 0, 8, 3, 0, 0, 127, 0, 0, 0, 0, 255, 0, 0, 0, 255, .. new byte[1000]];
        var path = _folder.Write("promise", gzip ? Gzip(bytes) : bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => IdxFile.Read(path, 3));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        Assert.Contains("no such file", Assert.Throws<DataException>(() => IdxFile.Read(_folder["none"], 1)).Message);
        Assert.Contains(_folder.Path, Assert.Throws<DataException>(() => IdxFile.Read(_folder.Path, 1)).Message);
    }

    [Fact]
    public void Writing_refuses_dimensions_that_do_not_fit()
    {
        Assert.Throws<ArgumentException>(() => IdxFile.Write(_folder["x"], [2, 2], (byte[])[1, 2, 3]));
        Assert.Throws<ArgumentException>(() => IdxFile.Write(_folder["x"], [-1, -3], (byte[])[1, 2, 3]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private static byte[] SmallValues() => [.. Enumerable.Range(0, 60).Select(i => (byte)(i * 37))];

    private byte[] SmallFile(bool gzip)
    {
        var path = _folder[gzip ? "small.gz" : "small"];
        IdxFile.Write(path, [3, 4, 5], SmallValues());
        return File.ReadAllBytes(path);
    }

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, level))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    private static void AssertOneLineNaming(string path, DataException error)
    {
        Assert.Contains(path, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
