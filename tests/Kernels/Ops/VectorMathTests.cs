using System.Runtime.Intrinsics;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

/// <summary>The vectorised functions against double precision, over floats spread evenly among all bit patterns.</summary>
public class VectorMathTests
{
    private const double MaxUlps = 2.0;

    // A prime, so that every exponent and, over the exponents, every part of the mantissa is met.
    private const uint Stride = 1009;

    [Fact]
    public void ExpIsWithinTwoUlps() =>
        Assert.InRange(LargestError(VectorMath.Exp, Math.Exp, 0, uint.MaxValue), 0, MaxUlps);

    [Fact]
    public void ExpOfNegativeIsWithinTwoUlpsUpToZero() =>
        Assert.InRange(
            LargestError(VectorMath.ExpOfNegative, Math.Exp, BitConverter.SingleToUInt32Bits(-0f), uint.MaxValue), 0, MaxUlps);

    [Fact]
    public void LogIsWithinTwoUlps() =>
        Assert.InRange(LargestError(VectorMath.Log, Math.Log, 0, uint.MaxValue), 0, MaxUlps);

    [Fact]
    public void SigmoidIsWithinTwoUlps() =>
        Assert.InRange(LargestError(VectorMath.Sigmoid, x => 1 / (1 + Math.Exp(-x)), 0, uint.MaxValue), 0, MaxUlps);

    [Fact]
    public void TanhIsWithinTwoUlps() =>
        Assert.InRange(LargestError(VectorMath.Tanh, Math.Tanh, 0, uint.MaxValue), 0, MaxUlps);

    [Fact]
    public void LogP1IsWithinTwoUlpsFromZeroToOne() =>
        Assert.InRange(LargestError(VectorMath.LogP1OfUnit, LogP1, 0, BitConverter.SingleToUInt32Bits(1f)), 0, MaxUlps);

    [Fact]
    public void ErrorIsMeasuredInUlps()
    {
        Assert.Equal(0.5, Ulps(1f, 1 + (0.5 / (1 << 23))));
        Assert.Equal(1, Ulps(BitConverter.UInt32BitsToSingle(2), BitConverter.UInt32BitsToSingle(3)));
        Assert.Equal(double.PositiveInfinity, Ulps(float.NaN, 1));
        Assert.Equal(double.PositiveInfinity, Ulps(1, double.NaN));
        Assert.Equal(double.PositiveInfinity, Ulps(float.PositiveInfinity, 1e30));
    }

    public static TheoryData<string, float, float> SpecialValues => new()
    {
        { "exp", float.PositiveInfinity, float.PositiveInfinity },
        { "exp", float.NegativeInfinity, 0f },
        { "exp", 88.72284f, float.PositiveInfinity },
        { "exp", -103.97f, float.Epsilon },
        { "exp", -104f, 0f },
        { "exp", 0f, 1f },
        { "log", 0f, float.NegativeInfinity },
        { "log", -0f, float.NegativeInfinity },
        { "log", -1f, float.NaN },
        { "log", -float.Epsilon, float.NaN },
        { "log", float.NegativeInfinity, float.NaN },
        { "log", float.PositiveInfinity, float.PositiveInfinity },
        { "log", 1f, 0f },
        { "log", float.Epsilon, -103.27893f },
        { "sigmoid", float.PositiveInfinity, 1f },
        { "sigmoid", float.NegativeInfinity, 0f },
        { "sigmoid", 0f, 0.5f },
        { "tanh", float.PositiveInfinity, 1f },
        { "tanh", float.NegativeInfinity, -1f },
        { "tanh", -0f, -0f },
        { "tanh", float.Epsilon, float.Epsilon },
        { "relu", float.NegativeInfinity, 0f },
        { "relu", float.PositiveInfinity, float.PositiveInfinity },
        { "relu", -float.Epsilon, 0f },
        { "exp", float.NaN, float.NaN },
        { "log", float.NaN, float.NaN },
        { "sigmoid", float.NaN, float.NaN },
        { "tanh", float.NaN, float.NaN },
        { "relu", float.NaN, float.NaN },
    };

    [Theory]
    [MemberData(nameof(SpecialValues))]
    public void SpecialValuesAreExact(string function, float x, float expected)
    {
        Func<Vector512<float>, Vector512<float>> f = function switch
        {
            "exp" => VectorMath.Exp,
            "log" => VectorMath.Log,
            "sigmoid" => VectorMath.Sigmoid,
            "tanh" => VectorMath.Tanh,
            _ => VectorMath.Relu,
        };
        var actual = f(Vector512.Create(x));
        for (var lane = 0; lane < Vector512<float>.Count; lane++)
        {
            Assert.Equal(float.IsNaN(expected), float.IsNaN(actual[lane]));
            if (!float.IsNaN(expected))
            {
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(actual[lane]));
            }
        }
    }

    /// <summary>
    /// log(1 + x) in double precision, by Kahan's division of errors that cancel (the library's loses a small x).
    /// </summary>
    private static double LogP1(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * x / (1 + x - 1);

    /// <summary>The largest error of f over every <see cref="Stride"/>th bit pattern from first to last, in ulps.</summary>
    private static double LargestError(
        Func<Vector512<float>, Vector512<float>> f, Func<double, double> exact, uint first, uint last)
    {
        var largest = 0.0;
        var inputs = new float[Vector512<float>.Count];
        for (ulong bits = first; bits <= last; bits += Stride * (ulong)inputs.Length)
        {
            for (var lane = 0; lane < inputs.Length; lane++)
            {
                inputs[lane] = BitConverter.UInt32BitsToSingle((uint)Math.Min(bits + ((ulong)lane * Stride), last));
            }

            var outputs = f(Vector512.Create(inputs));
            for (var lane = 0; lane < inputs.Length; lane++)
            {
                largest = Math.Max(largest, Ulps(outputs[lane], exact(inputs[lane])));
            }
        }

        return largest;
    }

    /// <summary>Distance from the exact value, in units of the last place that float32 has there. NaN matches NaN only.</summary>
    private static double Ulps(float actual, double exact)
    {
        var rounded = (float)exact;
        if (float.IsNaN(actual) || float.IsNaN(rounded))
        {
            return float.IsNaN(actual) && float.IsNaN(rounded) ? 0 : double.PositiveInfinity;
        }

        if (float.IsInfinity(actual) || float.IsInfinity(rounded))
        {
            return actual == rounded ? 0 : double.PositiveInfinity;
        }

        var exponent = Math.Max(rounded == 0 ? -126 : Math.ILogB(rounded), -126);
        return Math.Abs(actual - exact) / Math.ScaleB(1, exponent - 23);
    }
}
