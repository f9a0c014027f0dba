using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class IdxDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_written_set_is_read_again()
    {
        var data = Numbered("x", 9, 3);
        IdxDataset.Write(data, _folder["images.gz"], _folder["labels"]);
        var read = IdxDataset.Read("x", _folder["images.gz"], _folder["labels"]);
        Assert.Equal(data.Fingerprint, read.Fingerprint);
        Assert.Equal(["0", "1", "2"], read.ClassNames);
    }

    [Theory]
    [InlineData("images.gz")]
    [InlineData("images")]
    public void Pictures_that_were_released_leave_memory_and_are_read_again(string images)
    {
        var data = Numbered("x", 9, 3);
        IdxDataset.Write(data, _folder[images], _folder["labels"]);
        var read = IdxDataset.Read("x", _folder[images], _folder["labels"]);
        var selected = read.Select([8, 0]);
        var memory = MemoryOf(read);
        read.ReleasePictures();
        GC.Collect();
        Assert.False(memory.IsAlive);
        Assert.Equal(data.Image(8), selected.Image(0));
        Assert.Equal(data.CopyImages(), read.CopyImages());
        Assert.Equal(data.Fingerprint, read.Fingerprint);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference MemoryOf(Dataset set) => new(set.InMemory().Pictures!.Value.Array);
    }

    [Fact]
    public void Released_pictures_whose_file_is_another_by_now_are_refused()
    {
        IdxDataset.Write(Numbered("x", 9, 3), _folder["images"], _folder["labels"]);
        var read = IdxDataset.Read("x", _folder["images"], _folder["labels"]);
        read.ReleasePictures();
        IdxDataset.Write(Numbered("x", 8, 3), _folder["images"], _folder["8"]);
        Assert.Contains("images: has changed since it was first read",
            Assert.Throws<DataException>(() => read.CopyImages()).Message);
        File.Delete(_folder["images"]);
        Assert.Contains("images: no such file", Assert.Throws<DataException>(() => read.CopyImages()).Message);
    }

    [Fact]
    public void Counts_must_agree()
    {
        IdxDataset.Write(Numbered("x", 9, 3), _folder["images"], _folder["9"]);
        IdxFile.Write(_folder["8"], [8], new byte[8]);
        var message = Assert.Throws<DataException>(() => IdxDataset.Read("x", _folder["images"], _folder["8"])).Message;
        Assert.Contains("expected 9 labels", message);
        Assert.Contains("found 8", message);
    }

    [Fact]
    public void A_label_out_of_range_is_named_with_its_offset()
    {
        IdxDataset.Write(Numbered("x", 9, 3), _folder["images"], _folder["labels"]);
        var message = Assert.Throws<DataException>(
            () => IdxDataset.Read("x", _folder["images"], _folder["labels"], ["a", "b"])).Message;
        Assert.Contains("byte 10 of the contents: expected a label from 0 to 1, found 2 for example 2", message);
    }

    [Fact]
    public void The_test_part_must_have_the_training_parts_classes_and_size()
    {
        WriteParts(Numbered("x", 9, 3), Numbered("x", 9, 4));
        Assert.Contains("from 0 to 2, found 3", Assert.Throws<DataException>(() => IdxFolder.Read(_folder.Path, 0)).Message);

        WriteParts(Numbered("x", 9, 3), new Dataset("x", 1, 3, ["0", "1"], new byte[6], new byte[2]));
        Assert.Contains("expected pictures of 2x2", Assert.Throws<DataException>(() => IdxFolder.Read(_folder.Path, 0)).Message);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")]
    [InlineData("train-images.idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte.gz", "t10k-labels.idx1-ubyte")]
    [InlineData("letters-test-images.gz", "letters-test-labels.gz", "letters-train-images", "letters-train-labels")]
    [InlineData("a.images", "a.labels", "a.test.images", "a.test.labels.gz")]
    public void A_folders_pairs_are_recognised(string images1, string labels1, string images2, string labels2)
    {
        var isTest1 = images1.Contains("test", StringComparison.Ordinal);
        IdxDataset.Write(Numbered("x", isTest1 ? 6 : 9, 3), _folder[images1], _folder[labels1]);
        IdxDataset.Write(Numbered("x", isTest1 ? 9 : 6, 3), _folder[images2], _folder[labels2]);
        _folder.Write("readme.txt", "no data"u8);
        var pair = IdxFolder.Read(_folder.Path, 0);
        Assert.Equal((9, 6), (pair.Train.Count, pair.Test.Count));
        Assert.Equal(Path.GetFileName(_folder.Path), pair.Train.Name);
    }

    [Fact]
    public void A_seventh_of_a_single_pair_becomes_the_test_part()
    {
        IdxDataset.Write(Numbered("x", 42, 3), _folder["pixels"], _folder["classes"]);
        var pair = IdxFolder.Read(_folder.Path, 0);
        Assert.Equal([12, 12, 12], pair.Train.ClassCounts());
        Assert.Equal([2, 2, 2], pair.Test.ClassCounts());
    }

    [Fact]
    public void A_folder_without_a_set_or_with_several_is_an_error()
    {
        Assert.Contains("no such folder", Assert.Throws<DataException>(() => IdxFolder.Read(_folder["none"], 0)).Message);
        Assert.Contains("holds no IDX pictures", Assert.Throws<DataException>(() => IdxFolder.Read(_folder.Path, 0)).Message);
        IdxDataset.Write(Numbered("x", 9, 3), _folder["a-images"], _folder["a-labels"]);
        IdxDataset.Write(Numbered("x", 9, 3), _folder["b-images"], _folder["b-labels"]);
        Assert.Contains("a-images, b-images", Assert.Throws<DataException>(() => IdxFolder.Read(_folder.Path, 0)).Message);
    }

    private void WriteParts(Dataset train, Dataset test)
    {
        IdxDataset.Write(train, _folder["train-images-idx3-ubyte"], _folder["train-labels-idx1-ubyte"]);
        IdxDataset.Write(test, _folder["t10k-images-idx3-ubyte"], _folder["t10k-labels-idx1-ubyte"]);
    }

    /// <summary>2x2 pictures whose pixels are their number, the classes in turn.</summary>
    private static Dataset Numbered(string name, int count, int classes) => new(name, 2, 2,
        [.. Enumerable.Range(0, classes).Select(c => c.ToString())],
        Enumerable.Range(0, 4 * count).Select(i => (byte)(i / 4)).ToArray(),
        Enumerable.Range(0, count).Select(i => (byte)(i % classes)).ToArray());
}
