using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels;

/// <summary>The harness must find what is wrong; else a kernel test that passes says nothing.</summary>
public sealed class HarnessTests : IDisposable
{
    private static readonly double[] Exact = [1, -2, 3];
    private readonly CpuBackend _backend = new(1);

    [Fact]
    public void A_comparison_accepts_what_is_within_the_tolerance_only()
    {
        float[] close = [1, -2, 3 + (1f / (1 << 22))];
        Assert.Null(Comparison.FirstError("y", Exact, Exact, close, tolerance: 2));
        Assert.Contains("y[2]", Comparison.FirstError("y", Exact, Exact, close, tolerance: 1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_comparison_fails_on_what_is_not_finite_whatever_was_expected(float value)
    {
        Assert.NotNull(Comparison.FirstError("y", [1], [1e30], [value], tolerance: 1e30));
        Assert.NotNull(Comparison.FirstError("y", [value], [double.PositiveInfinity], [value], tolerance: 1e30));
    }

    [Fact]
    public void An_output_that_nobody_wrote_is_an_error()
    {
        using var trial = new Trial(_backend, seed: 1);
        trial.Output("y", Exact, Exact, tolerance: 1e9);
        Assert.Contains("y[0] is NaN", trial.FirstError(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_that_nobody_wrote_is_an_error()
    {
        using var trial = new Trial(_backend, seed: 1);
        trial.Output("labels", [0, 255, 7]);
        Assert.Contains("labels[0]", trial.FirstError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_write_beside_an_output_is_an_error(int place)
    {
        using var trial = new Trial(_backend, seed: 1);
        var y = trial.Output("y", Exact, Exact, tolerance: 1);
        y.CopyFrom([1, -2, 3]);
        Assert.Null(trial.FirstError());
        y.Buffer.View.Slice(y.Offset + place, 1).CopyFrom([0f]);
        Assert.Contains("canary", trial.FirstError(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_input_is_an_error()
    {
        using var trial = new Trial(_backend, seed: 1);
        var x = trial.Input("x", trial.Numbers(3));
        x.Slice(1, 1).CopyFrom([2f]);
        Assert.Contains("input x[1]", trial.FirstError(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_planted_bug_in_an_operation_is_found()
    {
        // The same suite, on a matmul that loses its last column whenever there is more than one.
        var broken = new Operation<MatMulCall>("matmul", "", [new("broken", "", Broken)]);
        var test = new MatMulCase(broken);
        Assert.Null(test.Try(_backend, "broken", [1, 1, 1, 0]));
        Assert.Contains("c[2]", test.Try(_backend, "broken", [2, 3, 5, 0]), StringComparison.Ordinal);
    }

    public void Dispose() => _backend.Dispose();

    private static void Broken(CpuBackend backend, in MatMulCall call)
    {
        var right = new float[call.C.Length];
        var copy = call with { C = backend.Allocate<float>(right.Length).View };
        MatMulReference.Run(backend, copy);
        copy.C.CopyTo(right);
        for (var i = 0; i < call.M; i++)
        {
            var written = call.N == 1 ? 1 : call.N - 1;
            call.C.Slice(i * call.N, written).CopyFrom(right.AsSpan(i * call.N, written));
        }
    }
}
