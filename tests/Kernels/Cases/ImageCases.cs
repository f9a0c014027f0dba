using FsCheck;
using FsCheck.Fluent;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>Shapes are batch, features and the size of the data set.</summary>
internal sealed class GatherCase() : OperationCase<GatherCall>(GatherSpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes => [[1, 1, 1], [3, 7, 5], [17, 33, 4], [2, 64, 9], [5, 31, 100]];

    public override IEnumerable<int[]> LargeShapes => [[64, 784, 100], [127, 785, 13], [1000, 10, 20]];

    public override Gen<int[]> RandomShape(bool large) =>
        from batch in Size(large ? 100 : 9)
        from features in Size(large ? 300 : 40)
        from samples in Size(50)
        select new[] { batch, features, samples };

    protected override GatherCall Arrange(Trial trial, int[] shape)
    {
        var (batch, features, samples) = (shape[0], shape[1], shape[2]);
        var (images, labels) = (trial.Bytes(samples * features, 256), trial.Bytes(samples, 10));
        var indices = trial.Bytes(batch, Math.Min(samples, 256)).Select(index => (int)index).ToArray();
        const float Scale = 1 / 77.5f, Shift = -0.42f;
        var pixels = indices.SelectMany(index => images.Skip(index * features).Take(features)).ToArray();
        return new GatherCall(
            trial.Input("images", images), trial.Input("labels", labels), trial.Input("indices", indices),
            trial.Output("x", [.. pixels.Select(pixel => ((double)Scale * pixel) + Shift)],
                [.. pixels.Select(pixel => ((double)Scale * pixel) + Math.Abs(Shift))], Tolerances.Gather),
            trial.Output("batchLabels", indices.Select(index => labels[index]).ToArray()),
            batch, features, Scale, Shift);
    }
}

/// <summary>Shapes are batch, height, width, and which distortion: 0 none, 1 affine, 2 elastic, 3 both.</summary>
internal sealed class AugmentCase() : OperationCase<AugmentCall>(AugmentSpec.Operation)
{
    private const ulong Seed = 0xFEDCBA9876543210;
    private const uint Epoch = 3;
    private const float Background = -0.25f;

    public override IEnumerable<int[]> SmallShapes => [[1, 1, 1, 3], [1, 5, 7, 1], [2, 8, 5, 2], [1, 3, 4, 0], [1, 9, 9, 3]];

    public override IEnumerable<int[]> LargeShapes => [[3, 28, 28, 3], [2, 28, 28, 1], [2, 31, 17, 2], [1, 20, 20, 0]];

    public override Gen<int[]> RandomShape(bool large) =>
        from batch in Gen.Choose(1, large ? 4 : 2)
        from height in Size(large ? 24 : 8)
        from width in Size(large ? 24 : 8)
        from distortion in Gen.Choose(0, 3)
        select new[] { batch, height, width, distortion };

    protected override AugmentCall Arrange(Trial trial, int[] shape)
    {
        var (batch, height, width) = (shape[0], shape[1], shape[2]);
        var distortion = new Distortion(ElasticSigma: 2f);
        distortion = (shape[3] & 1) == 0 ? distortion
            : distortion with { RotationDegrees = 25, Scale = 0.2f, ShiftPixels = 2.5f, Shear = 0.1f };
        distortion = (shape[3] & 2) == 0 ? distortion : distortion with { ElasticAlpha = 8 };
        var x = trial.Numbers(batch * height * width, 0, 1);
        var indices = trial.Bytes(batch, 250).Select(index => index * 241).ToArray();

        var y = new double[x.Length];
        for (var i = 0; i < batch; i++)
        {
            var exact = new ExactAugment(distortion, Seed, Epoch, indices[i], height, width, Background);
            exact.Distort(x.AsSpan(i * height * width, height * width), y.AsSpan(i * height * width));
        }

        var scale = Enumerable.Repeat(height + width + (double)distortion.ElasticAlpha, y.Length).ToArray();
        return new AugmentCall(
            trial.Input("x", x), trial.Input("indices", indices), trial.Output("y", y, scale, Tolerances.Augment),
            batch, height, width, Background, distortion, Seed, Epoch);
    }
}
