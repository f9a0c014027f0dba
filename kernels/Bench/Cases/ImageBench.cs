namespace ScratchNet.Kernels.Bench;

/// <summary>Gathering a batch of images from a data set of a size that no cache holds.</summary>
internal sealed class GatherBench() : RowBench<GatherCall>(GatherSpec.Operation, "data", columns: Pixels)
{
    private const int Pixels = 28 * 28;
    private const int DatasetBytes = 47_040_000;

    public override IReadOnlyList<BenchShape> DefaultShapes => [new(64, Pixels), new(1024, Pixels)];

    public override GatherCall Prepare(Workbench bench, BenchShape shape)
    {
        const float Scale = 1 / 255f, Shift = -0.5f;
        var (batch, features) = (shape.M, shape.N);
        var samples = Math.Max(DatasetBytes / features, 1);
        var (images, labels) = (bench.Bytes(samples * features, 256), bench.Bytes(samples, 10));
        var indices = Array.ConvertAll(bench.Numbers(batch, 0, 1), place => Math.Min((int)(place * samples), samples - 1));
        var (x, batchLabels) = (new double[checked(batch * features)], new byte[batch]);
        GatherReference.Compute(images, labels, indices, x, batchLabels, batch, features, (double)Scale, Shift);
        return new GatherCall(bench.Input(images), bench.Input(labels), bench.Input(indices), bench.Output(x, FewRoundings),
            bench.Output(batchLabels), batch, features, Scale, Shift);
    }
}

/// <summary>Distorting MNIST's images: turned, scaled, shifted and bent. A size is the number of images.</summary>
internal sealed class AugmentBench() : RowBench<AugmentCall>(AugmentSpec.Operation, "data", columns: 1, mostColumns: 1)
{
    private const int Side = 28;

    /// <summary>Positions reach to about side + alpha, and an image changes by its whole range within one pixel.</summary>
    private const double Tolerance = 2048;

    public override IReadOnlyList<BenchShape> DefaultShapes => [new(64)];

    public override IReadOnlyList<BenchShape> SmallShapes => [new(2)];

    public override long Elements(BenchShape shape) => (long)shape.M * Side * Side;

    public override AugmentCall Prepare(Workbench bench, BenchShape shape)
    {
        const ulong Seed = 1;
        var distortion = new Distortion(RotationDegrees: 10, Scale: 0.12f, ShiftPixels: 1.5f, ElasticAlpha: 34, ElasticSigma: 5);
        var x = bench.Numbers(checked(shape.M * Side * Side), 0, 1);
        var indices = Enumerable.Range(0, shape.M).ToArray();
        var y = new double[x.Length];
        AugmentReference.Compute(Workbench.Wide(x), indices, y, Side, Side, 0.0, distortion, Seed, epoch: 1);
        return new AugmentCall(
            bench.Input(x), bench.Input(indices), bench.Output(y, Tolerance), shape.M, Side, Side, 0, distortion, Seed, Epoch: 1);
    }
}
