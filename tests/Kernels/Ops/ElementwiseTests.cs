using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

/// <summary>The SIMD variants of operations on single elements, against the reference in double precision.</summary>
public class ElementwiseTests
{
    private const double Tolerance = 1e-6;

    public static TheoryData<Activation> Activations => new(Enum.GetValues<Activation>());

    [Theory]
    [MemberData(nameof(Activations))]
    public void ActivationForwardAgrees(Activation kind)
    {
        foreach (var count in CpuRun.Counts)
        {
            var (x, y, expected) = (CpuRun.Random(count, count), CpuRun.Unwritten(count), new double[count]);
            ActivationReference.Forward(CpuRun.Widen(x), expected, kind);
            using var run = new CpuRun();
            run.Run(ActivationSpec.Forward, "simd", new ActivationForwardCall(run.View(x), run.View(y), count, kind));
            CpuRun.AssertClose(expected, y, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void ActivationBackwardAgreesInPlace(Activation kind)
    {
        foreach (var count in CpuRun.Counts)
        {
            var (y, dy, expected) = (CpuRun.Random(count, 1, 1f), CpuRun.Random(count, 2), new double[count]);
            ActivationReference.Backward(CpuRun.Widen(y), CpuRun.Widen(dy), expected, kind);
            using var run = new CpuRun(2);
            var dyView = run.View(dy);
            run.Run(ActivationSpec.Backward, "simd", new ActivationBackwardCall(run.View(y), dyView, dyView, count, kind));
            CpuRun.AssertClose(expected, dy, Tolerance);
        }
    }

    [Theory]
    [InlineData(0f, 0f, false)]
    [InlineData(0f, 0.1f, false)]
    [InlineData(0.9f, 0.1f, false)]
    [InlineData(0.9f, 0.1f, true)]
    public void SgdAgrees(float momentum, float decay, bool nesterov)
    {
        foreach (var count in CpuRun.Counts)
        {
            var (w, g, u) = (CpuRun.Random(count, 1), CpuRun.Random(count, 2), CpuRun.Random(count, 3));
            var (expectedW, expectedU) = (CpuRun.Widen(w), CpuRun.Widen(u));
            SgdReference.Compute<double>(expectedW, CpuRun.Widen(g), expectedU, 0.01f, momentum, decay, nesterov);
            using var run = new CpuRun(2);
            run.Run(SgdSpec.Operation, "simd", new SgdCall(
                run.View(w), run.View(g), momentum == 0f ? default : run.View(u), count, 0.01f, momentum, decay, nesterov));
            CpuRun.AssertClose(expectedW, w, Tolerance);
            CpuRun.AssertClose(expectedU, u, Tolerance);
        }
    }

    [Theory]
    [InlineData(1, 0f, false)]
    [InlineData(1000, 0.1f, false)]
    [InlineData(7, 0.1f, true)]
    public void AdamAgrees(long step, float decay, bool decoupled)
    {
        foreach (var count in CpuRun.Counts)
        {
            var (w, g, m) = (CpuRun.Random(count, 1), CpuRun.Random(count, 2), CpuRun.Random(count, 3));
            var v = CpuRun.Random(count, 4).Select(MathF.Abs).ToArray();
            var (expectedW, expectedM, expectedV) = (CpuRun.Widen(w), CpuRun.Widen(m), CpuRun.Widen(v));
            using var run = new CpuRun(2);
            var call = new AdamCall(run.View(w), run.View(g), run.View(m), run.View(v), count, step,
                LearningRate: 0.01f, WeightDecay: decay, Decoupled: decoupled);
            AdamReference.Compute<double>(expectedW, CpuRun.Widen(g), expectedM, expectedV, call.StepSize, call.RootScale,
                call.Beta1, call.Beta2, call.Epsilon, call.CoupledDecay, call.Shrink);
            run.Run(AdamSpec.Operation, "simd", call);
            CpuRun.AssertClose(expectedM, m, Tolerance);
            CpuRun.AssertClose(expectedV, v, Tolerance);

            // The step divides by sqrt(v), which may be small.
            CpuRun.AssertClose(expectedW, w, 10 * Tolerance);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.25f)]
    [InlineData(0.99f)]
    public void DropoutIsTheReferenceBitForBit(float rate)
    {
        foreach (var count in CpuRun.Counts)
        {
            var x = CpuRun.Random(count, count);
            var outputs = new[] { "reference", "simd" }.Select(variant =>
            {
                var (y, mask) = (CpuRun.Unwritten(count), CpuRun.Unwritten(count));
                using var run = new CpuRun(3);
                run.Run(DropoutSpec.Forward, variant,
                    new DropoutForwardCall(run.View(x), run.View(y), run.View(mask), count, rate, 0xFEDCBA9876543210, 3, 77));
                return (y, mask);
            }).ToArray();
            CpuRun.AssertSameBits(outputs[0].y, outputs[1].y);
            CpuRun.AssertSameBits(outputs[0].mask, outputs[1].mask);
        }
    }

    [Fact]
    public void DropoutKeepsTheShareThatItSays()
    {
        const int Count = 100_000;
        var mask = new float[Count];
        DropoutReference.Forward<float>(new float[Count], new float[Count], mask, 1u << 30, 4f / 3f, 5, 0, 0);

        // A quarter is dropped; five standard deviations of that are 685.
        Assert.InRange(mask.Count(value => value == 0f), 25_000 - 685, 25_000 + 685);
        Assert.All(mask, value => Assert.True(value is 0f or 4f / 3f));
    }

    [Fact]
    public void DropoutBackwardMultipliesByTheMask()
    {
        var (dy, mask) = (CpuRun.Random(45, 1), CpuRun.Random(45, 2));
        var expected = dy.Zip(mask, (a, b) => a * b).ToArray();
        using var run = new CpuRun();
        var dyView = run.View(dy);
        run.Run(DropoutSpec.Backward, "simd", new DropoutBackwardCall(dyView, run.View(mask), dyView, dy.Length));
        CpuRun.AssertSameBits(expected, dy);
    }

    [Fact]
    public void RaggedEndLeavesNeighboursAlone()
    {
        var w = CpuRun.Random(40, 1);
        var before = w.ToArray();
        using var run = new CpuRun();
        run.Run(SgdSpec.Operation, "simd",
            new SgdCall(run.View(w).Slice(3, 21), run.View(CpuRun.Random(21, 2)), default, 21, 1f));
        Assert.Equal(before[..3], w[..3]);
        Assert.Equal(before[24..], w[24..]);
        Assert.All(Enumerable.Range(3, 21), i => Assert.NotEqual(before[i], w[i]));
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("simd")]
    public void GradientsTooLargeToBeClippedAreNotMadeZero(string variant)
    {
        float[] g = [3e19f, -4e19f];
        float[] sum = [0f];
        using var run = new CpuRun();
        run.Run(SquaredSumSpec.Operation, variant, new SquaredSumCall(run.View(g), run.View(sum), 2));
        Assert.Equal(float.PositiveInfinity, sum[0]);
        run.Run(ClipNormSpec.Operation, variant, new ClipNormCall(run.View(g), run.View(sum), 2, 1f));
        Assert.Equal([float.NaN, float.NaN], g);
    }

    [Fact]
    public void AHugeRangeIsCutIntoAllItsPieces()
    {
        var chunks = Chunks.Of(Array.MaxLength, threads: 2);
        var (start, length) = chunks[chunks.Count - 1];
        Assert.Equal(Array.MaxLength, start + length);
        Assert.Equal(1, Chunks.Of(Array.MaxLength, threads: 1).Count);
    }

    [Fact]
    public void NanAndInfinityPassThrough()
    {
        float[] x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        foreach (var (kind, top, bottom) in new[]
        {
            (Activation.Relu, float.PositiveInfinity, 0f), (Activation.Sigmoid, 1f, 0f), (Activation.Tanh, 1f, -1f),
        })
        {
            foreach (var variant in new[] { "reference", "simd" })
            {
                var y = new float[3];
                using var run = new CpuRun();
                run.Run(ActivationSpec.Forward, variant, new ActivationForwardCall(run.View(x), run.View(y), 3, kind));
                Assert.Equal([float.NaN, top, bottom], y);
            }
        }
    }
}
