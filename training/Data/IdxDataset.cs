namespace ScratchNet.Training.Data;

/// <summary>Data sets as pairs of IDX files: pictures and their labels.</summary>
public static class IdxDataset
{
    /// <summary>Reads pictures and labels and checks them against each other.</summary>
    /// <param name="name">What to call the set.</param>
    /// <param name="imagesPath">IDX file of (count x height x width) bytes, gzipped or not.</param>
    /// <param name="labelsPath">IDX file of (count) bytes, gzipped or not.</param>
    /// <param name="classNames">Names of the classes, or null: then they are the numbers from 0 to the largest label.</param>
    /// <exception cref="DataException">A file is damaged, the counts differ, or a label is out of range.</exception>
    public static Dataset Read(string name, string imagesPath, string labelsPath, IReadOnlyList<string>? classNames = null) =>
        Combine(name, ReadArrays(imagesPath, labelsPath), classNames);

    /// <summary>Reads a training and a test set; the test set's pictures and classes must be the training set's.</summary>
    /// <exception cref="DataException">A file is damaged, or the parts do not fit each other.</exception>
    public static DatasetPair ReadPair(string name, DatasetFiles files, IReadOnlyList<string>? classNames = null)
    {
        // Ungzipping takes most of the time, so the two parts are read side by side; WhenAll waits for both even if one fails.
        var arrays = Task.WhenAll(
            Task.Run(() => ReadArrays(files.TrainImages, files.TrainLabels)),
            Task.Run(() => ReadArrays(files.TestImages, files.TestLabels))).GetAwaiter().GetResult();
        var train = Combine(name, arrays[0], classNames);
        var test = Combine(name, arrays[1], train.ClassNames);
        if ((test.Height, test.Width) != (train.Height, train.Width))
        {
            throw new DataException($"{files.TestImages}: byte 8: expected pictures of {train.Height}x{train.Width} like those "
                + $"of {files.TrainImages}, found {test.Height}x{test.Width}: give the files that belong together");
        }

        return new DatasetPair(train, test);
    }

    /// <summary>Writes a set as two IDX files, each gzipped when its name ends in .gz.</summary>
    public static void Write(Dataset dataset, string imagesPath, string labelsPath)
    {
        IdxFile.Write(imagesPath, [dataset.Count, dataset.Height, dataset.Width], dataset.CopyImages());
        IdxFile.Write(labelsPath, [dataset.Count], dataset.Labels.Span);
    }

    private static PairOfArrays ReadArrays(string imagesPath, string labelsPath) =>
        new(imagesPath, IdxFile.Read(imagesPath, dimensions: 3), labelsPath, IdxFile.Read(labelsPath, dimensions: 1));

    private static Dataset Combine(string name, PairOfArrays pair, IReadOnlyList<string>? classNames)
    {
        var (sizes, labels) = (pair.Images.Dimensions, pair.Labels.Values);
        if (labels.Length != sizes[0])
        {
            throw new DataException($"{pair.LabelsPath}: byte 4: expected {sizes[0]} labels, one for each picture of "
                + $"{pair.ImagesPath}, found {labels.Length}: give the files that belong together");
        }

        classNames ??= [.. Enumerable.Range(0, labels.Max() + 1).Select(c => c.ToString())];
        CheckLabels(pair.LabelsPath, labels, classNames.Count);
        return new Dataset(name, sizes[1], sizes[2], classNames, pair.Images.Values, labels);
    }

    private static void CheckLabels(string path, ReadOnlySpan<byte> labels, int classes)
    {
        const int HeaderLength = 8;
        var wrong = labels.IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        if (wrong >= 0)
        {
            throw new DataException($"{path}: byte {HeaderLength + wrong} of the contents: expected a label from 0 to "
                + $"{classes - 1}, found {labels[wrong]} for example {wrong}: correct it, or give the file that belongs to the set");
        }
    }

    private sealed record PairOfArrays(string ImagesPath, IdxArray Images, string LabelsPath, IdxArray Labels);
}

/// <summary>Where the four files of a data set are.</summary>
/// <param name="TrainImages">Pictures to train with.</param>
/// <param name="TrainLabels">Their labels.</param>
/// <param name="TestImages">Pictures to test with.</param>
/// <param name="TestLabels">Their labels.</param>
public sealed record DatasetFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels);
