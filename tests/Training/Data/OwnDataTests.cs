using System.IO.Compression;
using System.Runtime.Versioning;
using System.Text;
using FsCheck.Xunit;
using ScratchNet.Tests.Cli;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class OwnDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    private OwnDataOptions Options => new(_folder["cache"], Warn: _warnings.Add);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sub_folders_are_classes_and_a_seventh_becomes_the_test_part()
    {
        WritePictures("set/9", 14, 6, 6);
        WritePictures("set/10", 7, 6, 6);
        var pair = OwnData.Read(_folder["set"], Options);
        Assert.Equal(("set", 6, 6), (pair.Train.Name, pair.Train.Height, pair.Train.Width));
        Assert.Equal(["9", "10"], pair.Train.ClassNames);
        Assert.Equal([12, 6], pair.Train.ClassCounts());
        Assert.Equal([2, 1], pair.Test.ClassCounts());
        Assert.Empty(_warnings);
        Assert.Equal(Pixels("set/10", 0, 6, 6), Enumerable.Range(0, 18).Select(i => pair.Train.Image(i).ToArray())
            .First(p => p.SequenceEqual(Pixels("set/10", 0, 6, 6))));
        Assert.False(Directory.Exists(_folder["cache"]));
    }

    [Fact]
    public void Train_and_test_folders_are_the_parts_whatever_lies_beside_them()
    {
        WritePictures("set/train/a", 3, 5, 4);
        WritePictures("set/train/b", 4, 5, 4);
        WritePictures("set/Test/b", 2, 5, 4);
        WritePictures("set/extra/c", 1, 5, 4);
        File.WriteAllText(_folder["set/train/a/notes.txt"], "");
        var pair = OwnData.Read(_folder["set"], Options);
        Assert.Equal([3, 4], pair.Train.ClassCounts());
        Assert.Equal([0, 2], pair.Test.ClassCounts());
        Assert.Equal([Pixels("set/train/a", 0, 5, 4), Pixels("set/Test/b", 1, 5, 4)],
            [pair.Train.Image(0).ToArray(), pair.Test.Image(1).ToArray()]);
        Assert.Equal(2, _warnings.Count);
        Assert.Contains("extra: is not used", _warnings[0], StringComparison.Ordinal);
        Assert.Contains("notes.txt", _warnings[1], StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Links_to_folders_are_not_followed_and_links_to_files_are()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a right of their own there");
        WritePictures("set/a", 7, 6, 6);
        WritePictures("set/b", 7, 6, 6);
        Directory.CreateSymbolicLink(_folder["set/a/round"], _folder["set"]);
        File.CreateSymbolicLink(_folder["set/b/again.bmp"], _folder["set/b/0.bmp"]);
        var pair = OwnData.Read(_folder["set"], Options);
        Assert.Equal([7, 8], pair.Train.ClassCounts().Zip(pair.Test.ClassCounts(), (train, test) => train + test));
    }

    [Fact]
    public void A_picture_in_no_class_is_told_of()
    {
        WritePictures("set/a", 2, 6, 6);
        WritePictures("set/b", 2, 6, 6);
        WritePictures("set", 1, 6, 6);
        OwnData.Read(_folder["set"], Options);
        Assert.Contains("1 picture lies in no class's folder and is left out", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_can_be_stopped()
    {
        WritePictures("set/a", 2, 6, 6);
        WritePictures("set/b", 2, 6, 6);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => OwnData.Read(_folder["set"], Options with { Cancellation = source.Token }));
    }

    [Fact]
    public void Pictures_of_other_sizes_are_fitted_to_the_commonest_with_one_warning()
    {
        WritePictures("set/a", 3, 6, 6);
        WritePictures("set/b", 2, 12, 6);
        var all = ReadAll(Options);
        Assert.Equal((6, 6), (all.Height, all.Width));
        var warning = Assert.Single(_warnings);
        Assert.Contains("2 pictures are not 6x6", warning, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("b", "0.bmp") + " (6x12)", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65, 64, null, 28, 28)]
    [InlineData(64, 64, null, 64, 64)]
    [InlineData(64, 64, "20x30", 20, 30)]
    public void Large_pictures_become_28_by_28_unless_a_size_is_given(int width, int height, string? size, int rows, int columns)
    {
        WritePictures("set/a", 2, width, height);
        WritePictures("set/b", 2, width, height);
        var wanted = size?.Split('x').Select(int.Parse).ToArray();
        var all = ReadAll(Options with { Size = wanted is null ? null : new PictureSize(wanted[0], wanted[1]) });
        Assert.Equal((rows, columns), (all.Height, all.Width));
        Assert.Equal(rows == height ? 0 : 1, _warnings.Count);
    }

    [Fact]
    public void Folders_that_are_no_data_set_are_told_so()
    {
        Assert.Contains("no such folder or file", Refusal("none"), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["set/a"]);
        Assert.Contains("holds 1 class ('a'), expected 2 to 256", Refusal("set"), StringComparison.Ordinal);
        WritePictures("set/b", 2, 5, 5);
        Assert.Contains("the class 'a' has no PNG, JPEG or BMP pictures", Refusal("set"), StringComparison.Ordinal);
        File.WriteAllText(_folder["set/a/0.png"], "no picture");
        Assert.Contains(Path.Combine("a", "0.png") + ": byte 0: expected a PNG", Refusal("set"), StringComparison.Ordinal);
        File.WriteAllBytes(_folder["set/a/0.png"], File.ReadAllBytes(_folder["set/b/0.bmp"])[..60]);
        Assert.Contains(Path.Combine("a", "0.png"), Refusal("set"), StringComparison.Ordinal);
        for (var c = 0; c < 257; c++)
        {
            Directory.CreateDirectory(_folder[$"many/{c}"]);
        }

        Assert.Contains("holds 257 classes, expected 2 to 256", Refusal("many"), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("holds no data set", Refusal("empty"), StringComparison.Ordinal);
        WritePictures("parts/train/a", 1, 5, 5);
        WritePictures("parts/train/b", 1, 5, 5);
        WritePictures("parts/test/c", 1, 5, 5);
        WritePictures("few/a", 1, 5, 5);
        WritePictures("few/b", 2, 5, 5);
        Assert.Contains("few: 3 pictures are too few", Refusal("few"), StringComparison.Ordinal);
        Assert.Contains("'c' is none of the classes that were trained on (a, b)", Refusal("parts"), StringComparison.Ordinal);
    }

    [SkippableFact, UnsupportedOSPlatform("windows")]
    public void A_class_that_may_not_be_read_is_not_called_empty()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no mode bits");
        WritePictures("set/a", 4, 5, 5);
        WritePictures("set/b", 4, 5, 5);
        File.SetUnixFileMode(_folder["set/b"], UnixFileMode.None);
        var refusal = Record.Exception(() => OwnData.Read(_folder["set"], Options))?.Message;
        File.SetUnixFileMode(_folder["set/b"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // Root may read everything.
        Assert.StartsWith(Environment.IsPrivilegedProcess ? "" : _folder["set/b"] + ": may not be read", refusal ?? "",
            StringComparison.Ordinal);
        Assert.Equal(Environment.IsPrivilegedProcess, refusal is null);
    }

    [Fact]
    public void A_model_s_classes_decide_where_some_are_absent()
    {
        WritePictures("set/b", 7, 5, 5);
        var all = ReadAll(Options with { ClassNames = ["a", "b", "c"] });
        Assert.Equal([0, 7, 0], all.ClassCounts());
    }

    [Theory]
    [InlineData("3,0,128,255,7\n5,1,2,3,4\n3,9,9,9,9\n")]
    [InlineData("label,a,b,c,d\r\n3,0,128,255,7\r\n5,1,2,3,4\r\n\r\n3,9,9,9,9")]
    [InlineData("\uFEFF3;0;128;255;7\n5; 1;2;\"3\";4\n3;9;9.0;9;9e0\n")]
    [InlineData("3\t0\t128\t255\t7\n5\t1\t2\t3\t4\n3\t9\t9\t9\t9\n")]
    [InlineData("3,0,128,255,7\r5,1,2,3,4\r\r3,9,9,9,9\r")]
    [InlineData("label,a,b,c,d\r\n3,0,128,255,7,\r\n5,1,2,3,4,\r\n3,9,9,9,9,\r\n")]
    [InlineData("3\t0\t128\t255\t7\t\n5\t1\t2\t3\t4\t\n3\t9\t9\t9\t9 \n")]
    public void CSV_files_are_read_in_their_usual_forms(string text)
    {
        Write("x.csv", text);
        var all = ReadCsv();
        Assert.Equal((2, 2), (all.Height, all.Width));
        Assert.Equal(["3", "5"], all.ClassNames);
        Assert.Equal([0, 1, 0], all.Labels.ToArray());
        Assert.Equal([0, 128, 255, 7, 1, 2, 3, 4, 9, 9, 9, 9], all.CopyImages());
    }

    [Fact]
    public void Pixels_from_0_to_1_are_recognised()
    {
        Write("x.csv", "0,0,0.5,1,0.25\n1,1,1,0,1\n0,0,0,0,0.001\n");
        Assert.Equal([0, 128, 255, 64, 255, 255, 0, 255, 0, 0, 0, 0], ReadCsv().CopyImages());
    }

    [Fact]
    public void A_gzipped_pair_in_a_folder_is_train_and_test()
    {
        Directory.CreateDirectory(_folder["set"]);
        _folder.Write("set/letters-train.csv.gz", Gzip("1,0,0,0,9\n2,1,1,1,9\n"));
        _folder.Write("set/letters-test.csv.gz", Gzip("2,5,5,5,9\n"));
        var pair = OwnData.Read(_folder["set"], Options);
        Assert.Equal(("set", 2, 1), (pair.Train.Name, pair.Train.Count, pair.Test.Count));
        Assert.Equal([1], pair.Test.Labels.ToArray());
    }

    [Theory]
    [InlineData("1,0,0,0,9\n2,1,1,9\n", "line 2, column 4: expected 5 columns as on the first line, found 4")]
    [InlineData("1,0,0,0,9\n2,1,1,1,1,9\n", "line 2, column 6: expected 5 columns as on the first line, found 6")]
    [InlineData("1,0,0,0,9\n\n2,1,x,1,9\n", "line 3, column 3: expected a number, found 'x'")]
    [InlineData("1,0,0,0,9\n2,1,,1,9\n", "line 2, column 3: expected a number, found ''")]
    [InlineData("1,0,0,0,9\n2,1,nan,1,9\n", "line 2, column 3: expected a number, found 'nan'")]
    [InlineData("1,0,0,0,9\n2,1,256,1,9\n", "line 2, column 3: expected a pixel from 0 to 255, or from 0 to 1, found 256")]
    [InlineData("1,0,0,0,9\n2,1,-1,1,9\n", "line 2, column 3: expected a pixel")]
    [InlineData("1,0,0,0,9\nb,1,1,1,9\n", "line 2, column 1: expected a whole number as label, found 'b': number the classes")]
    [InlineData("n5,0,0,0,9\nn0,1,1,1,9\n", "line 2, column 1: expected a whole number as label, found 'n0'")]
    [InlineData("1;0,5;0,0;0,5;1,0\n", "line 1, column 2: expected a number, found '0,5': write decimals with a point")]
    [InlineData("1,0,0,0,9,\n2,1,1,9,\n", "line 2, column 4: expected 5 columns as on the first line, found 4")]
    [InlineData("1,0,0,0,9\n1.5,1,1,1,9\n", "line 2, column 1: expected a whole number as label, found '1.5'")]
    [InlineData("1,0,0,0,9\n1,1,1,1,9\n", "column 1 holds 1 classes, expected 2 to 256")]
    [InlineData("1,0,0,9\n2,1,1,9\n", "3 pixels, which make no square; 'scratchnet train' takes their size with --image-size")]
    [InlineData("1\n2\n", "has one column")]
    [InlineData("label,p,p,p,p\n", "column names but no pictures")]
    [InlineData("\n", "is empty")]
    public void CSV_errors_name_line_and_column(string text, string expected)
    {
        Write("x.csv", text);
        var message = Refusal("x.csv");
        Assert.StartsWith(_folder["x.csv"] + ": ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_gzipped_CSV_file_cut_at_any_byte_is_no_smaller_set(CompressionLevel level)
    {
        var lines = Enumerable.Range(0, 40).Select(i => $"{i % 3},{7 * i % 256},0,{11 * i % 256},0\n");
        var whole = Gzip(string.Concat(lines), level);
        Dataset Read(byte[] bytes) =>
            CsvFile.Open(_folder.Write("x.csv.gz", bytes), Options).Load("x", Options);
        Assert.Equal(40, Read(whole).Count);
        Assert.Equal(80, Read([.. whole, .. whole]).Count);
        for (var length = 0; length < whole.Length; length++)
        {
            var message = Assert.Throws<DataException>(() => Read(whole[..length])).Message;
            Assert.StartsWith(_folder["x.csv.gz"] + ": ", message, StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 30)]
    public void CSV_files_of_any_size_give_their_numbers(int seed)
    {
        var random = new Random(seed);
        var (count, side) = (random.Next(2, 400), random.Next(1, 40));
        var pixels = new byte[count * side * side];
        random.NextBytes(pixels);
        pixels[0] = 2;
        Write("x.csv", string.Concat(pixels.Chunk(side * side).Select((p, i) => $"{i % 2},{string.Join(',', p)}\n")));
        Assert.Equal(pixels, ReadCsv().CopyImages());
    }

    [Fact]
    public void A_CSV_picture_that_is_no_square_needs_its_size_and_other_sizes_are_fitted()
    {
        Write("x.csv", "1,0,0,0,9,8,7\n2,1,1,1,9,8,7\n");
        Assert.Equal((2, 3), (ReadCsv(new PictureSize(2, 3)).Height, ReadCsv(new PictureSize(2, 3)).Width));
        Write("x.csv", "1,0,0,0,200\n2,1,1,1,200\n");
        Assert.Equal(4 * 4, ReadCsv(new PictureSize(4, 4)).Features);
        Assert.Contains("have 2x2 pixels and are fitted to 4x4", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pictures")]
    [InlineData("csv")]
    [InlineData("idx")]
    [InlineData("idx.gz")]
    public void A_streamed_set_is_the_set_in_memory(string kind)
    {
        WriteSet(kind);
        var whole = OwnData.Read(_folder["set"], Options);
        var streamed = OwnData.Read(_folder["set"], Options with { IsStreamed = true });
        Assert.False(whole.Train.IsStreamed);
        Assert.True(streamed.Train.IsStreamed && streamed.Test.IsStreamed);
        Assert.Equal((whole.Train.Fingerprint, whole.Test.Fingerprint), (streamed.Train.Fingerprint, streamed.Test.Fingerprint));
        Assert.Equal(whole.Train.ClassNames, streamed.Train.ClassNames);
        Assert.Equal(kind != "idx", Directory.Exists(_folder["cache"]));
    }

    [Fact]
    public void A_decoded_set_is_used_again_until_a_file_changes_or_it_is_damaged()
    {
        WriteSet("pictures");
        var options = Options with { IsStreamed = true };
        var first = OwnData.Read(_folder["set"], options).Train.Fingerprint;
        var cached = Assert.Single(Directory.GetDirectories(_folder["cache/sets"]));
        var images = Path.Combine(cached, "images-idx3-ubyte");
        var written = File.GetLastWriteTimeUtc(images);
        Assert.Equal(first, OwnData.Read(_folder["set"], options).Train.Fingerprint);
        Assert.Equal(written, File.GetLastWriteTimeUtc(images));

        _warnings.Clear();
        var bytes = File.ReadAllBytes(images);
        bytes[^1] ^= 1;
        File.WriteAllBytes(images, bytes);
        Assert.Equal(first, OwnData.Read(_folder["set"], options).Train.Fingerprint);
        Assert.Contains("damaged", _warnings[^1], StringComparison.Ordinal);

        Bitmap.Write(_folder["set/a/0.bmp"], new byte[25], 5, 5);
        Assert.NotEqual(first, OwnData.Read(_folder["set"], options).Train.Fingerprint);
        Assert.Equal(2, Directory.GetDirectories(_folder["cache/sets"]).Length);
        Assert.Empty(Directory.GetFiles(_folder["cache/sets"]));
    }

    [Fact]
    public void A_set_that_cannot_be_decoded_leaves_nothing_in_the_cache()
    {
        WriteSet("pictures");
        File.WriteAllBytes(_folder["set/b/3.bmp"], File.ReadAllBytes(_folder["set/b/3.bmp"])[..60]);
        Assert.Contains("3.bmp", Assert.Throws<DataException>(
            () => OwnData.Read(_folder["set"], Options with { IsStreamed = true })).Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["cache/sets"]));
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_named()
    {
        WriteSet("csv");
        File.WriteAllText(_folder["cache"], "a file where the folder should be");
        var message = Assert.Throws<DataException>(
            () => OwnData.Read(_folder["set"], Options with { IsStreamed = true })).Message;
        Assert.Contains(_folder["cache"], message, StringComparison.Ordinal);
        Assert.Contains("XDG_CACHE_HOME", message, StringComparison.Ordinal);
    }

    private string Refusal(string path) => Assert.Throws<DataException>(() => OwnData.Read(_folder[path], Options)).Message;

    private Dataset ReadAll(OwnDataOptions options) => PictureFolder.Open(_folder["set"], options).Load("set", options);

    private Dataset ReadCsv(PictureSize? size = null) =>
        CsvFile.Open(_folder["x.csv"], Options with { Size = size }).Load("x", Options);

    private void WriteSet(string kind)
    {
        Directory.CreateDirectory(_folder["set"]);
        if (kind == "pictures")
        {
            WritePictures("set/a", 300, 5, 5);
            WritePictures("set/b", 50, 5, 7);
        }
        else if (kind == "csv")
        {
            Write("set/x.csv", string.Concat(Enumerable.Range(0, 300).Select(i => $"{i % 3},{i % 256},2,3,4\n")));
        }
        else
        {
            var extension = kind == "idx.gz" ? ".gz" : "";
            IdxDataset.Write(BundledDigits.Load().Test, _folder["set/x-images" + extension], _folder["set/x-labels"]);
        }
    }

    private void WritePictures(string folder, int count, int width, int height)
    {
        Directory.CreateDirectory(_folder[folder]);
        for (var i = 0; i < count; i++)
        {
            Bitmap.Write(_folder[$"{folder}/{i}.bmp"], Pixels(folder, i, width, height), width, height);
        }
    }

    private static byte[] Pixels(string folder, int number, int width, int height)
    {
        var pixels = new byte[width * height];
        new Random(number + (1000 * folder.Sum(c => c))).NextBytes(pixels);
        return pixels;
    }

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text, new UTF8Encoding(false));

    private static byte[] Gzip(string text, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, level))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
