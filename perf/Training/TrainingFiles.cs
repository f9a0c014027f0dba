using System.Runtime.InteropServices;
using ScratchNet.Cli;
using ScratchNet.Training.Data;

namespace ScratchNet.Perf;

/// <summary>The data of a training comparison, and the folder through which all sides get the same of it.</summary>
internal sealed class TrainingFiles : IDisposable
{
    private const int Side = 28;
    private const int Classes = 10;

    public TrainingFiles(string? dataFolder, Terminal terminal)
    {
        var locations = DataLocations.FromEnvironment(dataFolder);
        if (DatasetCatalog.Locate(DatasetCatalog.Mnist, locations) is not null)
        {
            Train = DatasetCatalog.LoadAsync(DatasetCatalog.Mnist, locations, null).GetAwaiter().GetResult().Train;
        }
        else
        {
            terminal.Warn("MNIST is not here (scratchnet data fetch mnist gets it): "
                + "made-up pictures of the same number and size are used");
            Train = Synthetic();
        }

        Folder = Directory.CreateTempSubdirectory("scratchnet-perf-").FullName;
        File.WriteAllBytes(Path.Combine(Folder, "images.u8"), Train.CopyImages());
        File.WriteAllBytes(Path.Combine(Folder, "labels.u8"), Train.Labels.Span);
    }

    /// <summary>The training set.</summary>
    public Dataset Train { get; }

    /// <summary>Number of its images.</summary>
    public int Images => Train.Count;

    /// <summary>Where the peers read it.</summary>
    public string Folder { get; }

    /// <summary>Puts the weights that all sides begin with into the folder.</summary>
    public void Share(IEnumerable<float[]> weights)
    {
        using var file = File.Create(Path.Combine(Folder, "weights.f32"));
        foreach (var values in weights)
        {
            file.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>As many pictures as MNIST has: each class has a pattern of its own, in noise, to be learnt.</summary>
    internal static Dataset Synthetic(int count = TrainingCase.WholeSet)
    {
        var random = new Random(1);
        var patterns = new byte[Classes * Side * Side];
        random.NextBytes(patterns);
        var (images, labels) = (new byte[count * Side * Side], new byte[count]);
        random.NextBytes(images);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)random.Next(Classes);
            var pattern = patterns.AsSpan(labels[i] * Side * Side, Side * Side);
            var image = images.AsSpan(i * Side * Side, Side * Side);
            for (var pixel = 0; pixel < image.Length; pixel++)
            {
                image[pixel] = (byte)((image[pixel] + pattern[pixel]) / 2);
            }
        }

        return new Dataset("synthetic", Side, Side, [.. Enumerable.Range(0, Classes).Select(i => $"{i}")], images, labels);
    }
}
