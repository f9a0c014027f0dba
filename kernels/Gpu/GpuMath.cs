using ILGPU;
using ILGPU.IR.Intrinsics;

namespace ScratchNet.Kernels;

/// <summary>
/// Elementary functions for GPU kernels, made of multiplications, additions and bit patterns only. ILGPU's own turn into
/// approximations on CUDA
/// (<c>ex2.approx</c>, <c>tanh.approx</c>) and into whatever the driver has on OpenCL; these have the same digits everywhere.
/// </summary>
/// <remarks>
/// Exp and Log have the polynomials of the CPU's <c>VectorMath</c>, which says where they come from. Sigmoid and Tanh go their
/// own ways: one formula for all x, since choosing between two would compute both. Errors are 2 ulp at most. NaN gives NaN,
/// infinities give the limits. Sine and cosine, which only augmentation needs, are the driver's.
/// </remarks>
internal static class GpuMath
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; the upper has 16 significant bits, so that its product with an exponent is exact.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.428606765330187e-06f;

    // Adding 1.5·2^23 rounds a small number to an integer and leaves that integer in the sum's lower bits.
    private const float Rounder = 12582912f;
    private const int RounderBits = 0x4B400000;
    private const int RootHalfBits = 0x3F3504F3;

    /// <summary>a·b + c, rounded once. ILGPU has no such function for all targets; see <see cref="FusedMultiplyAdd"/>.</summary>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>f(x) of an activation. ReLU lets NaN pass, since NaN is not below 0.</summary>
    public static float Activate(float x, int activation) => activation switch
    {
        (int)Activation.Relu => x < 0f ? 0f : x,
        (int)Activation.Sigmoid => Sigmoid(x),
        (int)Activation.Tanh => Tanh(x),
        _ => x,
    };

    /// <summary>The larger of two numbers; NaN when either is.</summary>
    public static float Max(float a, float b) => a < b || float.IsNaN(b) ? b : a;

    /// <summary>e^x.</summary>
    public static float Exp(float x)
    {
        x = x > 89f ? 89f : x < -104f ? -104f : x;
        var growth = GrowthNearZero(x, out var exponent) + 1f;

        // 2^exponent may be denormal or too large while the result is not; the product of two halves does not care.
        var half = exponent >> 1;
        return growth * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>Natural logarithm of a positive, normal, finite number or NaN; all that softmax and the losses need.</summary>
    public static float Log(float x)
    {
        // x = (1 + f)·2^e with 1 + f in [sqrt(1/2), sqrt(2)).
        var bits = (int)Interop.FloatAsInt(x);
        var e = (bits - RootHalfBits) >> 23;
        var f = Interop.IntAsFloat((uint)(bits - (e << 23))) - 1f;
        var result = LogNearOne(f, e);
        return x < float.PositiveInfinity ? result : x;
    }

    /// <summary>log(1 + x) for x from 0 to 1, without losing the digits of a small x in the sum.</summary>
    public static float LogP1OfUnit(float x)
    {
        // What rounding cut off 1 + x, divided by it, is what its logarithm lacks.
        var sum = 1f + x;
        return Log(sum) + ((x - (sum - 1f)) / sum);
    }

    /// <summary>1/(1 + e^-x), through e^-|x|, which is at most 1.</summary>
    public static float Sigmoid(float x)
    {
        var e = Exp(x < 0f ? x : -x);
        return (x < 0f ? e : 1f) / (1f + e);
    }

    /// <summary>tanh |x| = t/(t + 2) with t = e^2|x| - 1, which is small where x is and then has all its digits.</summary>
    public static float Tanh(float x)
    {
        // From 10 on, tanh rounds to 1.
        var size = x < 0f ? -x : x;
        size = size > 10f ? 10f : size;
        var growth = GrowthNearZero(size + size, out var exponent);
        var power = PowerOfTwo(exponent);
        var offset = power - 1f;
        var t = Fma(power, growth, offset);
        var sum = t + 2f;
        var quotient = t / sum;

        // What the quotient leaves over, by itself and through what rounding cut off t and the sum.
        var remainder = Fma(-quotient, sum, t) + Fma(power, growth, offset - t);
        remainder = Fma(-quotient, t - (sum - 2f), remainder);
        var result = quotient + (remainder / sum);
        return x < 0f ? -result : result;
    }

    /// <summary>Splits x = n·ln 2 + r with |r| at most (ln 2)/2; gives e^r - 1 and n.</summary>
    private static float GrowthNearZero(float x, out int exponent)
    {
        var rounded = Fma(x, Log2E, Rounder);
        exponent = (int)Interop.FloatAsInt(rounded) - RounderBits;
        var n = rounded - Rounder;
        var upper = Fma(n, -Ln2High, x);
        var lower = n * Ln2Low;
        var r = upper - lower;
        var lost = upper - r - lower;

        // (e^r - 1 - r)/r²
        var p = Fma(0.0013926184037700295f, r, 0.008363178931176662f);
        p = Fma(p, r, 0.041666556149721146f);
        p = Fma(p, r, 0.16666576266288757f);
        p = Fma(p, r, 0.5f);
        return r + Fma(p, r * r, lost);
    }

    /// <summary>2^n for n from -126 to 127, by writing the exponent's bits.</summary>
    private static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)(n + 127) << 23);

    /// <summary>log(1 + f) + exponent·ln 2 for 1 + f in [sqrt(1/2), sqrt(2)).</summary>
    private static float LogNearOne(float f, float exponent)
    {
        // (log(1 + f) - f + f²/2)/f³
        var p = Fma(0.06971611827611923f, f, -0.11479733884334564f);
        p = Fma(p, f, 0.11685419827699661f);
        p = Fma(p, f, -0.12425687164068222f);
        p = Fma(p, f, 0.14249058067798615f);
        p = Fma(p, f, -0.1666780263185501f);
        p = Fma(p, f, 0.20000715553760529f);
        p = Fma(p, f, -0.2499999701976776f);
        p = Fma(p, f, 0.3333333134651184f);

        var square = f * f;
        var tail = Fma(exponent, Ln2Low, square * f * p);
        tail = Fma(square, -0.5f, tail);
        return Fma(exponent, Ln2High, f + tail);
    }
}
