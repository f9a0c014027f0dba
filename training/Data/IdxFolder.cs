using System.Buffers.Binary;

namespace ScratchNet.Training.Data;

/// <summary>Finds the IDX files of a data set in a folder.</summary>
public static class IdxFolder
{
    private static readonly char[] Separators = ['-', '.', '_'];
    private static readonly string[] NamesOfKinds = ["images", "image", "labels", "label", "idx3", "idx1", "idx", "ubyte", "gz"];
    private static readonly string[] NamesOfTests = ["t10k", "test"];

    /// <summary>
    /// Reads the data set of a folder: files named as MNIST's, or else any pictures and labels whose names differ only in
    /// that word. Of two pairs the one with "test" or "t10k" in its name is the test part; from a single pair one seventh is
    /// split off for testing, MNIST's own share, with every class keeping its proportion.
    /// </summary>
    /// <param name="folder">The folder; what lies deeper is not looked at.</param>
    /// <param name="seed">Chooses the test part when it has to be split off.</param>
    /// <param name="options">Whether to stream, and where sets are cached; null: everything is read into memory.</param>
    /// <exception cref="DataException">There is no such folder, it holds no set or several, or a file is damaged.</exception>
    public static DatasetPair Read(string folder, ulong seed, OwnDataOptions? options = null)
    {
        if (!Directory.Exists(folder))
        {
            throw new DataException($"{folder}: no such folder; check the path");
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (FindStandardFiles(folder) is { } standard)
        {
            return ReadPair(name, standard, options);
        }

        switch (FindPairs(folder))
        {
            case [var only]:
                var all = IdxPart.IsStreamed(only.Images, options)
                    ? IdxPart.Load(name, only.Images, only.Labels, options!)
                    : IdxDataset.Read(name, only.Images, only.Labels, options?.ClassNames);
                return DatasetPair.Split(all, seed);
            case [{ IsTest: false } first, { IsTest: true } second]:
                return ReadPair(name, new(first.Images, first.Labels, second.Images, second.Labels), options);
            case []:
                throw new DataException($"{folder}: holds no IDX pictures with their labels (gzipped or not); "
                    + "name them like train-images-idx3-ubyte and train-labels-idx1-ubyte");
            case var many:
                var names = string.Join(", ", many.Select(p => Path.GetFileName(p.Images)));
                throw new DataException($"{folder}: holds {many.Count} sets ({names}), and which is for training is "
                    + "not clear; leave one, or two of which one has 'test' in its name");
        }
    }

    /// <summary>Whether a folder holds IDX pictures with their labels.</summary>
    internal static bool IsOne(string folder) => FindStandardFiles(folder) is not null || FindPairs(folder).Count > 0;

    /// <summary>Whether a file's name says that it is for testing.</summary>
    internal static bool IsNamedAsTest(string name) => Words(name).Any(NamesOfTests.Contains);

    private static DatasetPair ReadPair(string name, DatasetFiles files, OwnDataOptions? options)
    {
        if (!IdxPart.IsStreamed(files.TrainImages, options) && !IdxPart.IsStreamed(files.TestImages, options))
        {
            return IdxDataset.ReadPair(name, files, options?.ClassNames);
        }

        var train = IdxPart.Load(name, files.TrainImages, files.TrainLabels, options!);
        var test = IdxPart.Load(name, files.TestImages, files.TestLabels, options! with { ClassNames = train.ClassNames });
        return IdxDataset.CheckSizes(files, train, test);
    }

    /// <summary>The four files named as MNIST's (- or . before idx, with or without .gz), or null unless all are there.</summary>
    public static DatasetFiles? FindStandardFiles(string folder)
    {
        var files = DatasetCatalog.Mnist.Files.Select(file => FindStandardFile(folder, file.Name)).ToArray();
        return files is [{ } trainImages, { } trainLabels, { } testImages, { } testLabels]
            ? new DatasetFiles(trainImages, trainLabels, testImages, testLabels)
            : null;
    }

    /// <summary>The paths that a file of MNIST's may have: - or . before idx, with or without .gz, in the order of
    /// preference.</summary>
    public static IReadOnlyList<string> Spellings(string folder, string name)
    {
        var dotted = name.Replace("-idx", ".idx");
        string[] spellings = [name, dotted, name + ".gz", dotted + ".gz"];
        return Array.ConvertAll(spellings, spelling => Path.Combine(folder, spelling));
    }

    /// <summary>The path of a file under one of its spellings, or null; the one that needs no ungzipping first.</summary>
    internal static string? FindStandardFile(string folder, string name) => Spellings(folder, name).FirstOrDefault(File.Exists);

    /// <summary>The pictures that have labels, those for training first.</summary>
    private static List<Pair> FindPairs(string folder)
    {
        var (images, labels) = (new SortedDictionary<string, string>(), new Dictionary<string, string>());
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            // Sorted, a file comes before its .gz, and the first of a stem stays.
            IDictionary<string, string>? kind = DimensionsOf(path) switch { 3 => images, 1 => labels, _ => null };
            kind?.TryAdd(Stem(path), path);
        }

        if (images.Count == 1 && labels.Count == 1)
        {
            return [new(images.Values.Single(), labels.Values.Single(), IsTest: false)];
        }

        return [.. images.Where(i => labels.ContainsKey(i.Key))
            .Select(i => new Pair(i.Value, labels[i.Key], IsNamedAsTest(i.Key)))
            .OrderBy(p => p.IsTest)];
    }

    /// <summary>What is left of a file's name without the words that tell pictures from labels.</summary>
    private static string Stem(string path) => string.Join('-', Words(Path.GetFileName(path)).Except(NamesOfKinds));

    private static string[] Words(string name) => name.ToLowerInvariant().Split(Separators);

    /// <summary>The number of dimensions of an IDX file of unsigned bytes; 0 for any other file.</summary>
    private static int DimensionsOf(string path)
    {
        try
        {
            using var source = IdxSource.Open(path);
            Span<byte> magic = stackalloc byte[4];
            source.ReadHeaderPart(magic);
            var value = BinaryPrimitives.ReadInt32BigEndian(magic);
            return value >> 8 == 8 ? value & 0xFF : 0;
        }
        catch (DataException)
        {
            return 0;
        }
    }

    private sealed record Pair(string Images, string Labels, bool IsTest);
}
