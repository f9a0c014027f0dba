using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>A network to train with Adam, ReLU between its layers, in float32.</summary>
/// <param name="Group">What it is summed up with.</param>
/// <param name="Batch">Images in a step.</param>
/// <param name="Images">Images of a turn: the whole set, but for a network too large for that.</param>
/// <param name="Layers">Features before the first layer and after each.</param>
internal sealed record TrainingCase(string Group, int Batch, int Images, params int[] Layers)
{
    /// <summary>Images in MNIST's training set.</summary>
    public const int WholeSet = 60_000;

    /// <summary>All sides use this.</summary>
    public const float LearningRate = 1e-3f;

    /// <summary>The networks that are compared.</summary>
    public static IReadOnlyList<TrainingCase> All { get; } =
    [
        new("small networks", 64, WholeSet, 784, 128, 10),
        new("small networks", 128, WholeSet, 784, 128, 10),
        new("small networks", 128, WholeSet, 784, 512, 512, 10),
        new("large networks", 128, WholeSet, 784, 1000, 500, 10),
        new("large networks", 256, 7_680, 784, 2500, 2000, 1500, 1000, 500, 10),
    ];

    /// <summary>The layers, such as <c>784-128-10</c>.</summary>
    public string Network => string.Join('-', Layers);

    /// <summary>What <c>--only</c> takes, such as <c>784-128-10@64</c>.</summary>
    public string Name => $"{Network}@{Batch}";

    /// <summary>Steps in a turn; the last may be smaller.</summary>
    public int Steps => (Images + Batch - 1) / Batch;

    /// <summary>Floating-point operations of the matrix products of a turn, which are nearly all of its work.</summary>
    public double Flops => (double)Images / Batch
        * BenchShape.OfNetwork(Layers, Batch).Sum(shape => 2.0 * shape.M * shape.N * shape.K);

    /// <summary>Builds the network.</summary>
    public static Network Build(Backend backend, IReadOnlyList<int> layers) => new(backend, layers[0],
        [.. layers.Skip(1).Select((units, i) => new Dense(units, i + 2 < layers.Count ? Activation.Relu : Activation.None))],
        new SoftmaxCrossEntropy());
}
