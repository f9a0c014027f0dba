using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

/// <summary>The references against values worked out by hand; everything else is compared with the references.</summary>
public class ReferenceTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void ActivationsAndTheirSlopes()
    {
        var log3 = Math.Log(3);

        // sigmoid(ln 3) = 1/(1 + 1/3); tanh(ln 3) = (3 - 1/3)/(3 + 1/3).
        Assert.Equal(0.75, ActivationReference.Value(log3, Activation.Sigmoid), Tolerance);
        Assert.Equal(0.25, ActivationReference.Value(-log3, Activation.Sigmoid), Tolerance);
        Assert.Equal(0.8, ActivationReference.Value(log3, Activation.Tanh), Tolerance);
        Assert.Equal(0.0, ActivationReference.Value(-2.0, Activation.Relu));
        Assert.Equal(2.0, ActivationReference.Value(2.0, Activation.Relu));
        Assert.Equal(-2.0, ActivationReference.Value(-2.0, Activation.None));
        Assert.Equal(10 * 0.1875, ActivationReference.Gradient(0.75, 10, Activation.Sigmoid), Tolerance);
        Assert.Equal(10 * 0.36, ActivationReference.Gradient(0.8, 10, Activation.Tanh), Tolerance);
        Assert.Equal(0.0, ActivationReference.Gradient(0.0, 10, Activation.Relu));
        Assert.Equal(10.0, ActivationReference.Gradient(0.1, 10, Activation.Relu));
        Assert.Equal(10.0, ActivationReference.Gradient(-0.1, 10, Activation.None));
    }

    [Fact]
    public void SigmoidOfLargeInputsKeepsItsDigits()
    {
        Assert.Equal(Math.Exp(-700), ActivationReference.Sigmoid(-700.0), 1e-15 * Math.Exp(-700));
        Assert.Equal(1.0, ActivationReference.Sigmoid(1000.0));
        Assert.Equal(0.0, ActivationReference.Sigmoid(-1000.0));
    }

    [Fact]
    public void SoftmaxCrossEntropy()
    {
        // softmax = (1/4, 3/4) and (1/2, 1/2).
        double[] z = [0, Math.Log(3), 7, 7];
        var (dz, losses, correct) = (new double[4], new double[2], new double[2]);
        SoftmaxCrossEntropyReference.Compute(z, [1, 1], dz, losses, correct, 2, 2, 0);
        AssertEqual([Math.Log(4.0 / 3), Math.Log(2)], losses);
        AssertEqual([0.125, -0.125, 0.25, -0.25], dz);
        Assert.Equal([1.0, 0.0], correct);
    }

    [Fact]
    public void SoftmaxCrossEntropyWithLabelSmoothing()
    {
        // Targets 0.1 and 0.9.
        double[] z = [0, Math.Log(3)];
        var (dz, losses, correct) = (new double[2], new double[1], new double[1]);
        SoftmaxCrossEntropyReference.Compute(z, [1], dz, losses, correct, 1, 2, 0.2);
        AssertEqual([(0.1 * Math.Log(4)) + (0.9 * Math.Log(4.0 / 3))], losses);
        AssertEqual([0.15, -0.15], dz);
    }

    [Fact]
    public void BinaryCrossEntropy()
    {
        double[] z = [Math.Log(3), Math.Log(3), -800, 0];
        var (dz, losses, correct) = (new double[4], new double[4], new double[4]);
        BinaryCrossEntropyReference.Compute(z, [1, 0, 1, 0], dz, losses, correct, 4);
        AssertEqual([Math.Log(4.0 / 3), Math.Log(4), 800, Math.Log(2)], losses);
        AssertEqual([-0.25 / 4, 0.75 / 4, -0.25, 0.5 / 4], dz);
        Assert.Equal([1.0, 0.0, 0.0, 1.0], correct);
    }

    [Fact]
    public void ColumnSums()
    {
        var sums = new double[3];
        ColumnSumsReference.Compute([1, 2, 3, 40, 50, 60], sums, 2, 3);
        Assert.Equal([41.0, 52.0, 63.0], sums);
    }

    [Fact]
    public void SgdWithMomentumAndDecay()
    {
        // g' = 3 + 0.5·2 = 4; u = 0.5·6 + 4 = 7; plain: 2 - 0.1·7; look-ahead: 2 - 0.1·(4 + 0.5·7).
        double[] w = [2];
        double[] u = [6];
        SgdReference.Compute(w, [3], u, 0.1, 0.5, 0.5, false);
        AssertEqual([1.3], w);
        AssertEqual([7], u);
        (w[0], u[0]) = (2, 6);
        SgdReference.Compute(w, [3], u, 0.1, 0.5, 0.5, true);
        AssertEqual([1.25], w);
        AssertEqual([7], u);
        w[0] = 2;
        SgdReference.Compute<double>(w, [3], [], 0.1, 0, 0.5, false);
        AssertEqual([1.6], w);
    }

    [Fact]
    public void AdamsFirstStepIsTheRate()
    {
        // After one step both corrections give back g and g², so w moves by rate·g/(|g| + epsilon).
        var call = new AdamCall(default, default, default, default, 1, 1, 0.01f, 0.9f, 0.99f, 0.5f);
        double[] w = [1];
        double[] m = [0];
        double[] v = [0];
        AdamReference.Compute(w, [2], m, v, call.StepSize, call.RootScale, call.Beta1, call.Beta2, 0.5, 0, 1);
        Assert.Equal(1 - (0.01 * 2 / 2.5), w[0], 1e-7);
        Assert.Equal(0.2, m[0], 1e-7);
        Assert.Equal(0.04, v[0], 1e-7);
    }

    [Fact]
    public void AdamsDecayIsCoupledOrNot()
    {
        var coupled = new AdamCall(default, default, default, default, 1, 5, 0.1f, WeightDecay: 0.5f);
        var decoupled = coupled with { Decoupled = true };
        Assert.Equal((0.5f, 1f), (coupled.CoupledDecay, coupled.Shrink));
        Assert.Equal((0f, 0.95f), (decoupled.CoupledDecay, decoupled.Shrink));

        // No gradient and no moments: only the decay acts, m = 0.1·0.5·2 and v = 0.001·1.
        double[] w = [2];
        double[] m = [0];
        double[] v = [0];
        AdamReference.Compute(w, [0], m, v, 0.1, 1, 0.9, 0.999, 0, 0.5, 1);
        Assert.Equal(2 - (0.1 * 0.1 / Math.Sqrt(0.001)), w[0], 1e-9);
        (w[0], m[0], v[0]) = (2, 0, 0);
        AdamReference.Compute(w, [0], m, v, 0.1, 1, 0.9, 0.999, 1e-8, 0, 0.95);
        Assert.Equal(1.9, w[0], Tolerance);
    }

    [Fact]
    public void GatherScalesAndShifts()
    {
        var (x, labels) = (new double[4], new byte[2]);
        GatherReference.Compute([1, 2, 10, 20, 100, 200], [5, 6, 7], [2, 0], x, labels, 2, 2, 0.5, 1);
        Assert.Equal([51.0, 101.0, 1.5, 2.0], x);
        Assert.Equal([7, 5], labels);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            GatherReference.Compute(new byte[6], new byte[3], [3], new double[2], new byte[1], 1, 2, 0.5, 1));
    }

    [Fact]
    public void ArgMaxTakesTheFirstLargest()
    {
        var predictions = new byte[3];
        ArgMaxReference.Compute<double>([1, 5, 5, -3, -2, -4, 0, 0, 0], predictions, 3, 3);
        Assert.Equal([1, 1, 0], predictions);
        ArgMaxReference.Compute<double>([-1, 0, 1], predictions, 3, 1);
        Assert.Equal([0, 0, 1], predictions);
    }

    private static void AssertEqual(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }
}
