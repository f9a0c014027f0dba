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
        return CheckSizes(files, train, Combine(name, arrays[1], train.ClassNames));
    }

    /// <summary>Throws unless both parts' pictures have one size.</summary>
    internal static DatasetPair CheckSizes(DatasetFiles files, Dataset train, Dataset test) =>
        (test.Height, test.Width) == (train.Height, train.Width)
            ? new DatasetPair(train, test)
            : throw new DataException($"{files.TestImages}: byte 8: expected pictures of {train.Height}x{train.Width} like those "
                + $"of {files.TrainImages}, found {test.Height}x{test.Width}: give the files that belong together");

    /// <summary>Writes a set as two IDX files, each gzipped when its name ends in .gz.</summary>
    public static void Write(Dataset dataset, string imagesPath, string labelsPath)
    {
        IdxFile.Write(imagesPath, [dataset.Count, dataset.Height, dataset.Width], dataset.CopyImages());
        IdxFile.Write(labelsPath, [dataset.Count], dataset.Labels);
    }

    private static PairOfArrays ReadArrays(string imagesPath, string labelsPath) =>
        new(imagesPath, IdxFile.Read(imagesPath, dimensions: 3), labelsPath, IdxFile.Read(labelsPath, dimensions: 1));

    private static Dataset Combine(string name, PairOfArrays pair, IReadOnlyList<string>? classNames)
    {
        var (sizes, labels) = (pair.Images.Dimensions, pair.Labels.Values);
        CheckCounts(pair.ImagesPath, sizes[0], pair.LabelsPath, labels.Length);
        classNames = CheckLabels(pair.LabelsPath, labels, classNames);
        var pictures = new FilePictures(pair.ImagesPath, pair.Images);
        return new Dataset(name, sizes[1], sizes[2], classNames, pictures, null, labels, isStreamed: false);
    }

    /// <summary>Throws unless there is a label for each picture.</summary>
    internal static void CheckCounts(string imagesPath, int images, string labelsPath, int labels)
    {
        if (labels != images)
        {
            throw new DataException($"{labelsPath}: byte 4: expected {images} labels, one for each picture of "
                + $"{imagesPath}, found {labels}: give the files that belong together");
        }
    }

    /// <summary>Throws unless every label is one of a class; gives the classes' names, numbers where none are given.</summary>
    internal static IReadOnlyList<string> CheckLabels(string path, ReadOnlySpan<byte> labels, IReadOnlyList<string>? classNames)
    {
        const int HeaderLength = 8;
        if (classNames is null)
        {
            var most = 0;
            foreach (var label in labels)
            {
                most = Math.Max(most, label);
            }

            return most > 0
                ? [.. Enumerable.Range(0, most + 1).Select(c => c.ToString())]
                : throw new DataException($"{path}: holds 1 class, expected 2 to 256: every label is 0");
        }

        var wrong = labels.IndexOfAnyExceptInRange((byte)0, (byte)(classNames.Count - 1));
        return wrong < 0
            ? classNames
            : throw new DataException($"{path}: byte {HeaderLength + wrong} of the contents: expected a label from 0 to "
                + $"{classNames.Count - 1}, found {labels[wrong]} for example {wrong}: correct it, or give the file that "
                + "belongs to the set");
    }

    private sealed record PairOfArrays(string ImagesPath, IdxArray Images, string LabelsPath, IdxArray Labels);
}

/// <summary>Where the four files of a data set are.</summary>
/// <param name="TrainImages">Pictures to train with.</param>
/// <param name="TrainLabels">Their labels.</param>
/// <param name="TestImages">Pictures to test with.</param>
/// <param name="TestLabels">Their labels.</param>
public sealed record DatasetFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels);
