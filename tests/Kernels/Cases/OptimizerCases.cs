using MathNet.Numerics.LinearAlgebra;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>Options: plain, momentum, momentum with look-ahead, all with decay from there on.</summary>
internal sealed class SgdCase() : ElementwiseCase<SgdCall>(SgdSpec.Operation, options: 6)
{
    protected override SgdCall Arrange(Trial trial, int[] shape)
    {
        var (count, option) = (shape[0], shape[1]);
        var momentum = option % 3 == 0 ? 0f : 0.9f;
        var (nesterov, decay, rate) = (option % 3 == 2, option < 3 ? 0f : 0.01f, 0.1f);
        var (w, g, u) = (trial.Numbers(count), trial.Numbers(count), trial.Numbers(count));

        var (exactW, exactG, exactU) = (Vector(w), Vector(g), Vector(u));
        var gradient = exactG + (decay * exactW);
        var velocity = (momentum * exactU) + gradient;
        var step = momentum == 0f ? gradient : nesterov ? gradient + (momentum * velocity) : velocity;
        var size = exactW.PointwiseAbs() + exactG.PointwiseAbs() + exactU.PointwiseAbs();
        return new SgdCall(
            trial.Updated("w", w, (exactW - (rate * step)).ToArray(), size.ToArray(), Tolerances.Sgd),
            trial.Input("g", g),
            momentum == 0f ? default : trial.Updated("velocity", u, velocity.ToArray(), size.ToArray(), Tolerances.Sgd),
            count, rate, momentum, decay, nesterov);
    }

    private static Vector<double> Vector(float[] values) =>
        Vector<double>.Build.Dense(values.Length, i => values[i]);
}

/// <summary>Options: Adam, Adam with decay, AdamW; each at the first step and at a late one.</summary>
internal sealed class AdamCase() : ElementwiseCase<AdamCall>(AdamSpec.Operation, options: 6)
{
    protected override AdamCall Arrange(Trial trial, int[] shape)
    {
        var (count, option) = (shape[0], shape[1]);
        var decay = option % 3 == 0 ? 0f : 0.01f;
        var decoupled = option % 3 == 2;
        long step = option < 3 ? 1 : 1234;
        const float Rate = 0.01f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
        var (w, g) = (trial.Numbers(count), trial.Numbers(count));
        var (m, v) = (trial.Numbers(count), trial.Numbers(count, 0.001, 1));

        // Kingma and Ba's algorithm 1, line by line, with both bias corrections written out.
        double[] newM = new double[count], newV = new double[count], newW = new double[count], size = new double[count];
        for (var i = 0; i < count; i++)
        {
            var gradient = g[i] + (decoupled ? 0 : (double)decay * w[i]);
            newM[i] = ((double)Beta1 * m[i]) + ((1 - (double)Beta1) * gradient);
            newV[i] = ((double)Beta2 * v[i]) + ((1 - (double)Beta2) * gradient * gradient);
            var corrected = newM[i] / (1 - Math.Pow(Beta1, step));
            var move = Rate * corrected / (Math.Sqrt(newV[i] / (1 - Math.Pow(Beta2, step))) + Epsilon);
            newW[i] = w[i] - (decoupled ? (double)Rate * decay * w[i] : 0) - move;
            size[i] = Math.Abs(w[i]) + Math.Abs(move) + Rate;
        }

        var momentSize = Map(count, i => Math.Abs(m[i]) + Math.Abs(g[i]) + 0.01);
        return new AdamCall(
            trial.Updated("w", w, newW, size, Tolerances.Adam), trial.Input("g", g),
            trial.Updated("m", m, newM, momentSize, Tolerances.Adam), trial.Updated("v", v, newV, newV, Tolerances.Adam),
            count, step, Rate, Beta1, Beta2, Epsilon, decay, decoupled);
    }
}
