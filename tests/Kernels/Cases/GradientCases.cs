using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>The option makes the values tiny, ordinary or huge.</summary>
internal sealed class SquaredSumCase() : ElementwiseCase<SquaredSumCall>(SquaredSumSpec.Operation, options: 3)
{
    protected override SquaredSumCall Arrange(Trial trial, int[] shape)
    {
        var (count, size) = (shape[0], new[] { 1e-6, 1, 1e6 }[shape[1]]);
        var x = trial.Numbers(count, -size, size);
        var norm = Vector<double>.Build.Dense(count, i => x[i]).L2Norm();
        double[] exact = [norm * norm];
        return new SquaredSumCall(
            trial.Input("x", x), trial.Output("sum", exact, exact, Tolerances.Sum(count) + 1), count);
    }
}

/// <summary>Options: a norm below the limit, at it, above it, and 0.</summary>
internal sealed class ClipNormCase() : ElementwiseCase<ClipNormCall>(ClipNormSpec.Operation, options: 4)
{
    protected override ClipNormCall Arrange(Trial trial, int[] shape)
    {
        var (count, norm) = (shape[0], new[] { 1.5f, 2f, 5f, 0f }[shape[1]]);
        const float Limit = 2;
        var g = trial.Numbers(count);
        var exact = Map(count, i => norm > Limit ? g[i] * (double)Limit / norm : g[i]);
        return new ClipNormCall(
            trial.Updated("g", g, exact, exact, norm > Limit ? Tolerances.ClipNorm : 0),
            trial.Input("squaredSum", [norm * norm]), count, Limit);
    }
}

/// <summary>Options: a small share of the new values, a large one, and all of them.</summary>
internal sealed class MovingAverageCase() : ElementwiseCase<MovingAverageCall>(MovingAverageSpec.Operation, options: 3)
{
    protected override MovingAverageCall Arrange(Trial trial, int[] shape)
    {
        var (count, share) = (shape[0], new[] { 0.001f, 0.7f, 1f }[shape[1]]);
        var (w, average) = (trial.Numbers(count), trial.Numbers(count));
        var exact = Map(count, i => (share * (double)w[i]) + ((1 - (double)share) * average[i]));
        var size = Map(count, i => Math.Abs(w[i]) + Math.Abs(average[i]));
        return new MovingAverageCall(
            trial.Input("w", w), trial.Updated("average", average, exact, size, Tolerances.MovingAverage), count, share);
    }
}
