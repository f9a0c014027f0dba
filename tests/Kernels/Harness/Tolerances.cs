namespace ScratchNet.Tests.Kernels;

/// <summary>
/// How far a float32 kernel may stand from the exact value, in units of eps = 2^-24 (half the distance of neighbours at 1) times
/// a
/// scale that each case computes beside the value. The one place where such numbers stand, each with its reason.
/// </summary>
internal static class Tolerances
{
    /// <summary>The relative error of one rounding.</summary>
    public const double Eps = 1.0 / (1 << 24);

    /// <summary>Elementary functions: 2 ulp, each ulp up to 2 eps, and one more operation's rounding.</summary>
    public const double Activation = 6;

    /// <summary>Three roundings, relative to dy since 1 - y cancels.</summary>
    public const double ActivationBackward = 4;

    /// <summary>A product and a sum with FMA or without, relative to |scale·byte| + |shift|.</summary>
    public const double Gather = 2;

    /// <summary>One product.</summary>
    public const double Dropout = 1;

    /// <summary>A handful of roundings, relative to the sum of the terms' sizes.</summary>
    public const double Sgd = 6;

    /// <summary>As above, with a root (OpenCL grants 3 ulp) and a quotient (2.5 ulp) in the step.</summary>
    public const double Adam = 24;

    /// <summary>A difference, a product and a sum, relative to the sum of both values' sizes.</summary>
    public const double MovingAverage = 3;

    /// <summary>A root (OpenCL grants 3 ulp), a quotient (2.5 ulp) and a product.</summary>
    public const double ClipNorm = 12;

    /// <summary>The parts of one row's loss: two elementary functions and their argument's rounding.</summary>
    public const double BinaryCrossEntropy = 12;

    /// <summary>
    /// Sampling: a position of up to size pixels is known to a few eps·size, and the image changes by its whole range within one
    /// pixel. With an
    /// elastic field, alpha times the sums' error comes on top; sine and cosine are the driver's. Relative to (size +
    /// alpha)·range.
    /// </summary>
    public const double Augment = 48;

    /// <summary>A compensated sum and its rounding error taken together: as good as one rounding of the exact sum.</summary>
    public const double Metrics = 1.5;

    /// <summary>A dot product of k terms in any order: at most k roundings a term, relative to the sum of |a·b|; 8 for the
    /// epilogue.</summary>
    public static double MatMul(int k) => k + 8;

    /// <summary>A sum of n terms in any order, relative to the sum of sizes.</summary>
    public static double Sum(int n) => n;

    /// <summary>The sum of a row of exponentials, each known to some ulp, and a quotient.</summary>
    public static double Softmax(int classes) => classes + 16;
}
