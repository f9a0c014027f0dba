using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Training.Data;

public sealed class DatasetCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private DataLocations Locations => new(Explicit: null, _folder["variable"], _folder["cache"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sets_are_found_by_name()
    {
        Assert.Same(DatasetCatalog.FashionMnist, DatasetCatalog.Find("Fashion-MNIST"));
        Assert.Contains("digits, mnist, fashion-mnist", Assert.Throws<DataException>(() => DatasetCatalog.Find("minst")).Message);
    }

    [Fact]
    public void Known_sets_files_have_the_sizes_of_their_headers()
    {
        foreach (var entry in DatasetCatalog.Entries.Where(e => e.Files.Count > 0))
        {
            Assert.Equal([16 + 60000 * 784, 8 + 60000, 16 + 10000 * 784, 8 + 10000], entry.Files.Select(f => f.Length));
            Assert.All(entry.Files, f => Assert.Matches("^[0-9a-f]{64} [0-9a-f]{32}$", $"{f.Sha256} {f.XxHash128}"));
            Assert.All(entry.Mirrors, m => Assert.EndsWith("/", m.AbsoluteUri));
            Assert.Equal(10, entry.ClassNames.Count);
        }
    }

    [Fact]
    public void Folders_are_searched_in_order()
    {
        var locations = new DataLocations(_folder["explicit"], _folder["variable"], _folder["cache"]);
        string[] order = ["explicit/small", "explicit", "variable/small", "variable", "cache/small"];
        Assert.Equal(order.Select(f => _folder[f]), locations.Folders(SmallSet.Entry));
        Assert.Equal("/usr/share/datasets/fashion-mnist", locations.Folders(DatasetCatalog.FashionMnist).Last());
        Directory.CreateDirectory(_folder["explicit"]);
        foreach (var name in order.Reverse())
        {
            SmallSet.WriteTo(_folder[name]);
            Assert.StartsWith(
                _folder[name] + Path.DirectorySeparatorChar, DatasetCatalog.Locate(SmallSet.Entry, locations)!.TrainImages);
        }
    }

    [Fact]
    public void An_explicit_folder_must_exist()
    {
        var locations = new DataLocations(_folder["none"], null, _folder["cache"]);
        Assert.Contains("no such folder",
            Assert.Throws<DataException>(() => DatasetCatalog.Locate(SmallSet.Entry, locations)).Message);
    }

    [Fact]
    public async Task A_folder_with_another_sets_files_is_passed_over()
    {
        SmallSet.WriteTo(_folder["variable"]);
        IdxFile.Write(_folder["variable/t10k-labels-idx1-ubyte"], [5], (byte[])[1, 1, 1, 1, 1]);
        Assert.Null(DatasetCatalog.Locate(SmallSet.Entry, Locations));
        var error = await Assert.ThrowsAsync<DataException>(
            () => DatasetCatalog.LoadAsync(SmallSet.Entry, Locations, downloader: null));
        Assert.Contains(_folder["cache/small"], error.Message);
        Assert.Contains($"in {_folder["variable"]} hold something else", error.Message);
        Assert.Contains("train-images-idx3-ubyte", error.Message);
    }

    [Fact]
    public async Task A_damaged_file_is_told_of_rather_than_passed_over()
    {
        SmallSet.WriteTo(_folder["variable"]);
        File.Delete(_folder["variable/t10k-labels-idx1-ubyte"]);
        _folder.Write("variable/t10k-labels-idx1-ubyte.gz", SmallSet.Gzip(SmallSet.Contents["t10k-labels-idx1-ubyte"])[..^9]);
        var error = await Assert.ThrowsAsync<DataException>(
            () => DatasetCatalog.LoadAsync(SmallSet.Entry, Locations, downloader: null));
        Assert.Contains("t10k-labels-idx1-ubyte.gz: byte", error.Message);
    }

    [Fact]
    public async Task A_set_found_is_loaded_and_the_bundled_one_needs_no_files()
    {
        SmallSet.WriteTo(_folder["cache/small"]);
        var pair = await DatasetCatalog.LoadAsync(SmallSet.Entry, Locations, downloader: null);
        Assert.Equal((5, 5, "small", "yes"), (pair.Train.Count, pair.Test.Count, pair.Train.Name, pair.Train.ClassNames[1]));
        Assert.Equal(4000, (await DatasetCatalog.LoadAsync(DatasetCatalog.Bundled, Locations, downloader: null)).Train.Count);
    }

    [Fact]
    public void Status_tells_each_files_state()
    {
        Assert.True(DatasetStatus.Of(DatasetCatalog.Bundled, Locations).IsWhole);
        var nowhere = DatasetStatus.Of(SmallSet.Entry, Locations);
        Assert.Null(nowhere.Folder);
        Assert.All(nowhere.Files, f => Assert.Equal(FileState.Missing, f.State));

        SmallSet.WriteTo(_folder["cache/small"]);
        Assert.True(DatasetStatus.Of(SmallSet.Entry, Locations).IsWhole);

        var images = SmallSet.Contents["train-images-idx3-ubyte"];
        _folder.Write("cache/small/train-images-idx3-ubyte.gz", SmallSet.Gzip(images)[..^1]);
        File.Delete(_folder["cache/small/train-images-idx3-ubyte"]);
        _folder.Write("cache/small/train-labels-idx1-ubyte", [1, 2, 3]);
        File.Delete(_folder["cache/small/t10k-images-idx3-ubyte"]);
        var status = DatasetStatus.Of(SmallSet.Entry, Locations);
        Assert.Equal(
            [FileState.Damaged, FileState.Mismatch, FileState.Missing, FileState.Whole], status.Files.Select(f => f.State));
        Assert.Equal([SmallSet.Gzip(images).Length - 1, 3, 0, 13], status.Files.Select(f => f.Bytes));
        Assert.Equal(_folder["cache/small"], status.Folder);
        Assert.False(status.IsWhole);
    }
}
