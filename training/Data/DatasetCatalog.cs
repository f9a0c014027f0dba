using ScratchNet.Engine.Files;

namespace ScratchNet.Training.Data;

/// <summary>The data sets known by name: where to look for their files, what those must hold, and where to get them.</summary>
public static class DatasetCatalog
{
    private static readonly string[] Digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>The digits that come with the program; see <see cref="BundledDigits"/>.</summary>
    public static DatasetEntry Bundled { get; } = new("digits", "5,000 handwritten digits, bundled", Digits, [], [], []);

    /// <summary>The MNIST database of handwritten digits.</summary>
    public static DatasetEntry Mnist { get; } = new("mnist", "MNIST: 70,000 handwritten digits", Digits,
        [
            new("train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "e12946a8ab9bd74359bf22c057c52478"),
            new("train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "81c6f5433a9d34628839fd1c4bb36825"),
            new("t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "a912d49f199ea2d36aa8aa9c0102c17c"),
            new("t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                "507d8d921945ef3663c4bd8be7e7204f"),
        ],
        [
            new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            new("https://raw.githubusercontent.com/fgnt/mnist/master/"),
        ],
        []);

    /// <summary>Fashion-MNIST, pictures of clothes in MNIST's format.</summary>
    public static DatasetEntry FashionMnist { get; } = new("fashion-mnist", "Fashion-MNIST: 70,000 pictures of clothes",
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        [
            new("train-images-idx3-ubyte", 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                "e5a664e2905b9295ca72265d7c26283b"),
            new("train-labels-idx1-ubyte", 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                "48a2c630b815ef5a775518db990ebf87"),
            new("t10k-images-idx3-ubyte", 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                "00620a3fbea59460a60baf710224b311"),
            new("t10k-labels-idx1-ubyte", 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                "ca8383985fa2cbc620515cb4512a5b03"),
        ],
        [
            new("https://fashion-mnist.s3.eu-central-1.amazonaws.com/"),
            new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
            new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        ],
        ["/usr/share/datasets/fashion-mnist"]);

    /// <summary>Every known set.</summary>
    public static IReadOnlyList<DatasetEntry> Entries { get; } = [Bundled, Mnist, FashionMnist];

    /// <summary>The set of a name, in any case.</summary>
    /// <exception cref="DataException">There is none of this name.</exception>
    public static DatasetEntry Find(string name) =>
        Entries.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new DataException($"no data set is called '{name}': there are {string.Join(", ", Entries.Select(e => e.Name))}; "
            + "for files of your own give their folder instead");

    /// <summary>
    /// Loads a set: the bundled one from the program, the others from the first folder of <see cref="DataLocations.Folders"/>
    /// that has their files, else from the mirrors into the cache folder.
    /// </summary>
    /// <param name="entry">Which set.</param>
    /// <param name="locations">Where to look.</param>
    /// <param name="downloader">What downloads it when it is nowhere; null: then it must be there.</param>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="cancellation">Stops the download; what has arrived is kept and continued the next time.</param>
    /// <exception cref="DataException">The set can neither be found nor downloaded, or a file is damaged.</exception>
    public static async Task<DatasetPair> LoadAsync(DatasetEntry entry, DataLocations locations, DatasetDownloader? downloader,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (entry == Bundled)
        {
            return BundledDigits.Load();
        }

        var files = Locate(entry, locations);
        if (files == null && downloader != null)
        {
            files = await downloader.FetchAsync(entry, locations.CacheFolder(entry), progress, cancellation);
        }

        return IdxDataset.ReadPair(entry.Name, files ?? throw NotFound(entry, locations), entry.ClassNames);
    }

    /// <summary>The files of a set in the first folder that has all of them, or null.</summary>
    /// <remarks>
    /// Sets share their file names, so the contents decide: a folder whose test labels, which are quickly read, are another
    /// set's is passed over. Damaged files are not, so that reading them tells of the damage.
    /// </remarks>
    /// <exception cref="DataException">The folder given explicitly does not exist.</exception>
    public static DatasetFiles? Locate(DatasetEntry entry, DataLocations locations)
    {
        if (locations.Explicit != null && !Directory.Exists(locations.Explicit))
        {
            throw new DataException($"{locations.Explicit}: no such folder; check the path");
        }

        foreach (var folder in locations.Folders(entry))
        {
            var files = IdxFolder.FindStandardFiles(folder);
            if (files != null && HoldsTestLabels(entry, files))
            {
                return files;
            }
        }

        return null;
    }

    private static bool HoldsTestLabels(DatasetEntry entry, DatasetFiles files) =>
        DatasetStatus.StateOf(entry.Files[^1], files.TestLabels, ChecksumKind.XxHash128) != FileState.Mismatch;

    private static DataException NotFound(DatasetEntry entry, DataLocations locations)
    {
        var others = string.Join(", ", locations.Folders(entry).Where(folder => IdxFolder.FindStandardFiles(folder) != null));
        return new DataException($"{entry.Name} is in none of {string.Join(", ", locations.Folders(entry))}"
            + (others.Length > 0 ? $" (the files of its names in {others} hold something else)" : "")
            + $": put {string.Join(", ", entry.Files.Select(f => f.Name))} (.gz or not) into one, or let them be downloaded");
    }
}

/// <summary>A data set known by name.</summary>
/// <param name="Name">What a person types.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="ClassNames">The classes' names in the order of the labels.</param>
/// <param name="Files">Training pictures and labels, test pictures and labels; none for the bundled set.</param>
/// <param name="Mirrors">Addresses that end in / and, with a file's name and .gz after it, give that file.</param>
/// <param name="SystemFolders">Folders where the system's packages put it.</param>
public sealed record DatasetEntry(string Name, string Title, IReadOnlyList<string> ClassNames,
    IReadOnlyList<DatasetFile> Files, IReadOnlyList<Uri> Mirrors, IReadOnlyList<string> SystemFolders);

/// <summary>A file of a known data set.</summary>
/// <param name="Name">Its name without .gz.</param>
/// <param name="Length">Bytes when not compressed.</param>
/// <param name="Sha256">SHA-256 when not compressed, lower-case hex: what a mirror sends is checked by it.</param>
/// <param name="XxHash128">XXH128 when not compressed, lower-case hex: sets are told apart by it whenever one is read.</param>
public sealed record DatasetFile(string Name, long Length, string Sha256, string XxHash128)
{
    /// <summary>The checksum of a kind.</summary>
    public string ChecksumOf(ChecksumKind kind) => kind == ChecksumKind.Sha256 ? Sha256 : XxHash128;
}
