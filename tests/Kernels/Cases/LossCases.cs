using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>Shapes are batch, classes and the smoothing in tenths; odd batches have class weights.</summary>
internal sealed class SoftmaxCrossEntropyCase() : OperationCase<SoftmaxCrossEntropyCall>(SoftmaxCrossEntropySpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes =>
        [[1, 2, 0], [1, 10, 1], [3, 10, 0], [5, 7, 2], [17, 3, 0], [2, 31, 1], [3, 33, 0], [1, 256, 1]];

    public override IEnumerable<int[]> LargeShapes => [[64, 10, 0], [128, 10, 1], [33, 256, 0], [1021, 10, 0], [200, 47, 1]];

    public override Gen<int[]> RandomShape(bool large) =>
        from batch in Size(large ? 100 : 5)
        from classes in Size(large ? 256 : 40)
        from smoothing in Gen.Choose(0, 3)
        select new[] { batch, classes + 1 > 256 ? 256 : classes + 1, smoothing };

    protected override SoftmaxCrossEntropyCall Arrange(Trial trial, int[] shape)
    {
        // A shift of the scores by a large number is what subtracting the maximum is for.
        var (batch, classes, smoothing) = (shape[0], Math.Clamp(shape[1], 2, 256), 0.1f * shape[2]);
        var shift = batch % 2 == 0 ? 200 : 0;
        var z = trial.Numbers(batch * classes, -8 + shift, 8 + shift);
        var labels = trial.Bytes(batch, classes);
        var weights = trial.Numbers(classes, 0, 3);
        double[] losses = new double[batch], correct = new double[batch], dz = new double[z.Length];
        double[] lossSize = new double[batch], dzSize = new double[z.Length];
        for (var i = 0; i < batch; i++)
        {
            var row = Vector<double>.Build.Dense(classes, j => z[(i * classes) + j]);
            var logSum = row.Maximum() + Math.Log((row - row.Maximum()).PointwiseExp().Sum());
            var target = Vector<double>.Build.Dense(
                classes, j => ((double)smoothing / classes) + (j == labels[i] ? 1 - smoothing : 0));
            var weight = batch % 2 == 0 ? 1 : weights[labels[i]];
            losses[i] = weight * (target * (logSum - row));
            lossSize[i] = (16 * weight) + Math.Abs(losses[i]);
            correct[i] = row.MaximumIndex() == labels[i] ? 1 : 0;
            for (var j = 0; j < classes; j++)
            {
                dz[(i * classes) + j] = weight * (Math.Exp(row[j] - logSum) - target[j]) / batch;
                dzSize[(i * classes) + j] = weight / batch;
            }
        }

        var tolerance = Tolerances.Softmax(classes);
        return new SoftmaxCrossEntropyCall(
            trial.Input("z", z), trial.Input("labels", labels), trial.Output("dz", dz, dzSize, tolerance),
            trial.Output("losses", losses, lossSize, tolerance), trial.Output("correct", correct, correct, 0),
            batch, classes, smoothing, batch % 2 == 0 ? default : trial.Input("weights", weights));
    }
}

/// <summary>Shapes are the batch and half the range of the logits.</summary>
internal sealed class BinaryCrossEntropyCase() : OperationCase<BinaryCrossEntropyCall>(BinaryCrossEntropySpec.Operation)
{
    public override IEnumerable<int[]> SmallShapes => [[1, 1], [2, 5], [7, 30], [17, 80], [33, 5]];

    public override IEnumerable<int[]> LargeShapes => [[128, 5], [1021, 80], [4096, 10]];

    public override Gen<int[]> RandomShape(bool large) =>
        from batch in Size(large ? 500 : 40)
        from range in Gen.Choose(1, 90)
        select new[] { batch, range };

    protected override BinaryCrossEntropyCall Arrange(Trial trial, int[] shape)
    {
        var (batch, range) = (shape[0], shape[1]);
        var z = trial.Numbers(batch, -range, range);
        var labels = trial.Bytes(batch, 2);
        double[] losses = new double[batch], dz = new double[batch], correct = new double[batch];
        double[] lossSize = new double[batch], dzSize = new double[batch];
        for (var i = 0; i < batch; i++)
        {
            // -log of the probability of the right answer, which is sigmoid(z) or sigmoid(-z).
            var towardsLabel = labels[i] == 1 ? (double)z[i] : -z[i];
            losses[i] = SpecialFunctions.Log1p(Math.Exp(-Math.Abs(towardsLabel))) + Math.Max(-towardsLabel, 0);
            lossSize[i] = losses[i];
            dz[i] = (SpecialFunctions.Logistic(z[i]) - labels[i]) / batch;
            dzSize[i] = 1.0 / batch;
            correct[i] = towardsLabel > 0 ? 1 : 0;
        }

        return new BinaryCrossEntropyCall(
            trial.Input("z", z), trial.Input("labels", labels),
            trial.Output("dz", dz, dzSize, Tolerances.BinaryCrossEntropy),
            trial.Output("losses", losses, lossSize, Tolerances.BinaryCrossEntropy),
            trial.Output("correct", correct, correct, 0), batch);
    }
}
