using ScratchNet.Training.Images;

namespace ScratchNet.Training.Data;

/// <summary>How a person's own data are to be read.</summary>
/// <param name="CacheFolder">Where sets that are too large for memory, or take long to decode, are kept decoded.</param>
/// <param name="Size">Rows and columns that every picture is fitted to; null: the set's own size.</param>
/// <param name="IsStreamed">Whether to stream the set even if memory has room for it.</param>
/// <param name="SplitSeed">Chooses the test part where it has to be split off.</param>
/// <param name="Warn">Receives one-line warnings; may be left out.</param>
/// <param name="ClassNames">The classes of a model that is to be measured, some of which may be absent; null: those that the data
/// have.</param>
/// <param name="Cancellation">Stops reading; whoever asked gets an <see cref="OperationCanceledException"/>.</param>
public sealed record OwnDataOptions(string CacheFolder, PictureSize? Size = null, bool IsStreamed = false, ulong SplitSeed = 1,
    Action<string>? Warn = null, IReadOnlyList<string>? ClassNames = null, CancellationToken Cancellation = default);

/// <summary>Rows and columns of pictures.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
public readonly record struct PictureSize(int Height, int Width)
{
    /// <summary>Pixels of a picture.</summary>
    public int Pixels => Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Height}x{Width}";
}

/// <summary>
/// Reads a person's own data: a folder with a sub-folder of pictures for each class, a CSV file, or a folder of IDX files. Where
/// there is no test part, a seventh is split off, MNIST's own share, with every class keeping its proportion.
/// </summary>
public static class OwnData
{
    /// <summary>Reads a data set.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">How.</param>
    /// <exception cref="DataException">There is nothing there that can be used; the message says where and what.</exception>
    public static DatasetPair Read(string path, OwnDataOptions options)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return Directory.Exists(path) ? ReadFolder(path, name, options)
            : File.Exists(path) ? Pair(ReadCsv(path, Path.GetFileNameWithoutExtension(name), options), null, options)
            : throw new DataException($"{path}: no such folder or file; check the path");
    }

    /// <summary>Whether a path is one of data, whole or not, rather than of a folder that holds something else.</summary>
    public static bool IsAt(string path) => Directory.Exists(path)
        ? IdxFolder.IsOne(path) || PictureFolder.IsOne(path) || CsvFile.Find(path).Count > 0
        : File.Exists(path);

    /// <summary>The set with its pictures fitted to another size, if one is asked for; a warning tells.</summary>
    /// <param name="pair">The set.</param>
    /// <param name="options">The size, and where the warning goes.</param>
    public static DatasetPair Fit(DatasetPair pair, OwnDataOptions options)
    {
        if (options.Size is not { } size || size == new PictureSize(pair.Train.Height, pair.Train.Width))
        {
            return pair;
        }

        options.Warn?.Invoke(
            $"the pictures of {pair.Train.Name} have {pair.Train.Height}x{pair.Train.Width} pixels and are fitted to {size}");
        return new DatasetPair(Fit(pair.Train, size), Fit(pair.Test, size));
    }

    private static DatasetPair ReadFolder(string path, string name, OwnDataOptions options)
    {
        if (IdxFolder.IsOne(path))
        {
            return Fit(IdxFolder.Read(path, options.SplitSeed, options), options);
        }

        if (PictureFolder.Find(path, options.Warn) is { } folders)
        {
            var train = PictureFolder.Open(folders.Train, options);
            var test = folders.Test is null
                ? null
                : PictureFolder.Open(folders.Test, options with { Size = train.Size, ClassNames = train.ClassNames });
            return Pair(train.Load(name, options), test?.Load(name, options), options);
        }

        return CsvFile.Find(path) switch
        {
            [var only] => Pair(ReadCsv(only, name, options), null, options),
            [var first, var second] when CsvFile.IsTest(second) => ReadCsvPair(first, second, name, options),
            [] => throw new DataException($"{path}: holds no data set: expected a folder of pictures for each class, a CSV file, "
                + "or IDX pictures with their labels (gzipped or not)"),
            var many => throw new DataException($"{path}: holds {many.Count} CSV files, and which is for training is not clear; "
                + "give one, or leave two of which one has 'test' in its name"),
        };
    }

    private static DatasetPair ReadCsvPair(string train, string test, string name, OwnDataOptions options)
    {
        var first = ReadCsv(train, name, options);
        var size = new PictureSize(first.Height, first.Width);
        return Pair(first, ReadCsv(test, name, options with { Size = size, ClassNames = first.ClassNames }), options);
    }

    private static Dataset ReadCsv(string path, string name, OwnDataOptions options) =>
        CsvFile.Open(path, options).Load(name, options);

    private static DatasetPair Pair(Dataset train, Dataset? test, OwnDataOptions options) =>
        test is null ? DatasetPair.Split(train, options.SplitSeed) : new DatasetPair(train, test);

    private static Dataset Fit(Dataset dataset, PictureSize size)
    {
        var pixels = PictureStore.Allocate((long)dataset.Count * size.Pixels);
        for (var i = 0; i < dataset.Count; i++)
        {
            var picture = new GreyPicture(dataset.Width, dataset.Height, dataset.Image(i).ToArray());
            PictureFit.To(picture, size.Height, size.Width).CopyTo(pixels, (long)i * size.Pixels);
        }

        var fitted = new Dataset(dataset.Name, size.Height, size.Width, dataset.ClassNames, pixels, dataset.Labels);
        return dataset.IsStreamed ? fitted.Streamed() : fitted;
    }
}
