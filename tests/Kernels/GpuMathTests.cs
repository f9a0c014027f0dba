using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>The elementary functions of GPU kernels, called on the host: they are made of the same operations there.</summary>
public class GpuMathTests
{
    [Theory]
    [InlineData("exp", -87.3, 88.7)]
    [InlineData("log", 1.2e-38, 3.4e38)]
    [InlineData("log1p", 0, 1)]
    [InlineData("sigmoid", -80, 100)]
    [InlineData("tanh", -12, 12)]
    public void Is_right_to_two_ulp(string name, double low, double high)
    {
        Assert.All(Sample((float)low, (float)high), x =>
        {
            var exact = Exact(name, x);
            Assert.True(
                Math.Abs(Kernel(name, x) - exact) <= 2 * Ulp(exact), $"{name}({x:R}) is {Kernel(name, x):R}, not {exact:R}");
        });
    }

    [Theory]
    [InlineData("exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", 89f, float.PositiveInfinity)]
    [InlineData("exp", float.NegativeInfinity, 0f)]
    [InlineData("exp", -105f, 0f)]
    [InlineData("exp", float.NaN, float.NaN)]
    [InlineData("log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("log", float.NaN, float.NaN)]
    [InlineData("sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("sigmoid", float.NaN, float.NaN)]
    [InlineData("tanh", float.PositiveInfinity, 1f)]
    [InlineData("tanh", float.NegativeInfinity, -1f)]
    [InlineData("tanh", float.NaN, float.NaN)]
    public void Has_the_right_limits(string name, float x, float limit) => Assert.Equal(limit, Kernel(name, x));

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    public void Activations_let_NaN_pass(Activation activation) =>
        Assert.True(float.IsNaN(GpuMath.Activate(float.NaN, (int)activation)));

    [Fact]
    public void A_maximum_with_NaN_is_NaN()
    {
        Assert.True(float.IsNaN(GpuMath.Max(float.NaN, 1)));
        Assert.True(float.IsNaN(GpuMath.Max(1, float.NaN)));
        Assert.Equal(2, GpuMath.Max(1, 2));
    }

    /// <summary>Evenly spread bit patterns, so that every power of two has its share, and evenly spread numbers.</summary>
    private static IEnumerable<float> Sample(float low, float high)
    {
        for (var bits = 0L; bits < int.MaxValue; bits += 20011)
        {
            var size = BitConverter.Int32BitsToSingle((int)bits);
            foreach (var x in new[] { size, -size }.Where(x => x >= low && x <= high))
            {
                yield return x;
            }
        }

        for (var i = 0; i <= 50000; i++)
        {
            yield return (float)(low + (((double)high - low) * i / 50000));
        }
    }

    private static float Kernel(string name, float x) => name switch
    {
        "exp" => GpuMath.Exp(x),
        "log" => GpuMath.Log(x),
        "log1p" => GpuMath.LogP1OfUnit(x),
        "sigmoid" => GpuMath.Sigmoid(x),
        _ => GpuMath.Tanh(x),
    };

    private static double Exact(string name, double x) => name switch
    {
        "exp" => Math.Exp(x),
        "log" => Math.Log(x),
        "log1p" => MathNet.Numerics.SpecialFunctions.Log1p(x),
        "sigmoid" => 1 / (1 + Math.Exp(-x)),
        _ => Math.Tanh(x),
    };

    /// <summary>Distance from a value to the next float32.</summary>
    private static double Ulp(double value)
    {
        var size = Math.Max(MathF.Abs((float)value), 1.17549435e-38f);
        return (double)MathF.BitIncrement(size) - size;
    }
}
