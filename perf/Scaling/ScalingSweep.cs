namespace ScratchNet.Perf;

/// <summary>A training step to measure, as a point of a sweep.</summary>
/// <param name="X">What is varied.</param>
/// <param name="Batch">Images in a step.</param>
/// <param name="Images">Images in the data set.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Layers">Features before the first layer and after each.</param>
internal sealed record ScalingPoint(double X, int Batch, int Images, int Threads, int[] Layers);

/// <summary>Points that differ in one thing only.</summary>
/// <param name="Name">What is varied.</param>
/// <param name="Title">The same in words, for a picture's axis.</param>
/// <param name="IsWholeEpoch">Whether a whole epoch is timed instead of one step.</param>
/// <param name="Points">The points.</param>
internal sealed record ScalingSweep(string Name, string Title, bool IsWholeEpoch, IReadOnlyList<ScalingPoint> Points)
{
    private const int Batch = 128;
    private const int Images = 4096;

    /// <summary>Every sweep; the one over threads has as many points as there are processors.</summary>
    public static IReadOnlyList<ScalingSweep> All { get; } =
    [
        Over("batch", "images in a step", [1, 4, 16, 64, 256, 1024], x => new(x, x, Images, 1, [784, 256, 256, 10])),
        Over("width", "units in each of two hidden layers", [64, 128, 256, 512, 1024, 2048],
            x => new(x, Batch, Images, 1, [784, x, x, 10])),
        Over("depth", "hidden layers of 256 units", [1, 2, 4, 8, 16],
            x => new(x, Batch, Images, 1, [784, .. Enumerable.Repeat(256, x), 10])),
        Over("threads", "threads, 784-1000-500-10", [.. Enumerable.Range(1, Environment.ProcessorCount)],
            x => new(x, Batch, Images, x, [784, 1000, 500, 10])),
        Over("data", "images in the data set", [1_000, 4_000, 15_000, 60_000],
            x => new(x, Batch, x, 1, [784, 128, 10]), isWholeEpoch: true),
    ];

    private static ScalingSweep Over(
        string name, string title, int[] values, Func<int, ScalingPoint> point, bool isWholeEpoch = false) =>
        new(name, title, isWholeEpoch, [.. values.Select(point)]);
}
