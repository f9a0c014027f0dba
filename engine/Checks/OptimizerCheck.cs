using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Compares an optimizer's first steps with its formula in double precision: errors of the first steps fade later.
/// </summary>
internal static class OptimizerCheck
{
    private const int Steps = 3;
    private const float Rate = 0.01f;
    private const double Beta1 = 0.9f;
    private const double Beta2 = 0.999f;
    private const double Epsilon = 1e-8f;
    private const double Tolerance = 1e-5;

    /// <summary>Runs the check on the plan's Adam.</summary>
    public static CheckResult Run(Backend backend, Blueprint plan)
    {
        using var network = new Network(backend, 5, [new Dense(4)], new SoftmaxCrossEntropy(), seed: 2);
        using var optimizer = plan.MakeAdam(Rate);
        optimizer.Attach(network);
        var weights = network.Parameters[0];
        var w = Array.ConvertAll(weights.Values.ToArray(), value => (double)value);
        var (m, v) = (new double[w.Length], new double[w.Length]);
        var random = new Random(4);
        var worst = 0.0;
        for (var t = 1; t <= Steps; t++)
        {
            float[] g = [.. w.Select(_ => (2 * random.NextSingle()) - 1)];
            weights.Gradients.CopyFrom(g);
            optimizer.Step();
            for (var i = 0; i < w.Length; i++)
            {
                // Kingma and Ba, ICLR 2015, algorithm 1.
                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g[i]);
                v[i] = (Beta2 * v[i]) + ((1 - Beta2) * g[i] * g[i]);
                var (mean, square) = (m[i] / (1 - Math.Pow(Beta1, t)), v[i] / (1 - Math.Pow(Beta2, t)));
                w[i] -= Rate * mean / (Math.Sqrt(square) + Epsilon);
            }

            // Math.Max lets NaN through, Enumerable.Max passes it over.
            worst = w.Zip(weights.Values.ToArray(), (right, found) => Math.Abs(right - found)).Aggregate(worst, Math.Max);
        }

        return new CheckResult("optimizer", "three steps of adam against its formula", worst <= Tolerance,
            $"largest difference {worst:0.0e+0}");
    }
}
