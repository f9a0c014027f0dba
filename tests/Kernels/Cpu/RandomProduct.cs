using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Cpu;

/// <summary>A matrix product of random numbers, transposes, bias and activation, with its result in double precision.</summary>
internal sealed class RandomProduct : IDisposable
{
    private const int Canaries = 16;
    private readonly CpuBackend _backend;
    private readonly DeviceBuffer<float>[] _buffers;
    private readonly MatMulCall _call;
    private readonly float[] _a;
    private readonly float[] _b;
    private readonly float[] _bias;

    /// <summary>Transposes, bias and activation at random.</summary>
    public RandomProduct(CpuBackend backend, Random random, int m, int n, int k)
        : this(backend, random, m, n, k,
            random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0, (Activation)random.Next(4))
    {
    }

    public RandomProduct(CpuBackend backend, Random random, int m, int n, int k,
        bool transposeA, bool transposeB, bool withBias = false, Activation activation = Activation.None)
        : this(backend, Numbers(random, m * k), Numbers(random, k * n), Numbers(random, n), m, n, k,
            transposeA, transposeB, withBias, activation)
    {
    }

    private RandomProduct(CpuBackend backend, float[] a, float[] b, float[] bias, int m, int n, int k,
        bool transposeA, bool transposeB, bool withBias, Activation activation)
    {
        _backend = backend;
        (_a, _b, _bias) = (a, b, bias);
        _buffers = [Upload(_a), Upload(_b), Upload(_bias), backend.Allocate<float>((m * n) + (2 * Canaries))];
        _buffers[3].CopyFrom(Enumerable.Repeat(float.NaN, _buffers[3].Length).ToArray());
        _call = new MatMulCall(
            _buffers[0].View, _buffers[1].View, _buffers[3].View.Slice(Canaries, m * n), m, n, k,
            transposeA, transposeB, withBias ? _buffers[2].View : default, activation);
    }

    /// <summary>The same product with more rows below those of this one, whose a must not be transposed.</summary>
    public RandomProduct WithMoreRows(Random random, int rows) => new(
        _backend, [.. _a, .. Numbers(random, rows * _call.K)], _b, _bias, _call.M + rows, _call.N, _call.K,
        transposeA: false, _call.TransposeB, !_call.Bias.IsEmpty, _call.Activation);

    public void Run(int width)
    {
        CpuBody<MatMulCall> body = width switch
        {
            512 => MatMulSimd.Run512,
            256 => MatMulSimd.Run256,
            _ => MatMulSimd.Run128,
        };
        body(_backend, _call);
    }

    public void RunBest() => MatMulSimd.Run(_backend, _call);

    public float[] Result() => _call.C.ToArray();

    public void Check(double tolerance)
    {
        var expected = new double[_call.M * _call.N];
        MatMulReference.Compute(Widen(_a), Widen(_b), expected, _call.M, _call.N, _call.K, _call.TransposeA, _call.TransposeB,
            _call.Bias.IsEmpty ? default : Widen(_bias), _call.Activation);
        var all = _buffers[3].View.ToArray();
        for (var i = 0; i < expected.Length; i++)
        {
            var actual = all[Canaries + i];
            Assert.True(Math.Abs(actual - expected[i]) <= tolerance,
                $"{_call.Shape} {_call.Activation}: element {i} is {actual}, not {expected[i]}");
        }

        Assert.All(all[..Canaries].Concat(all[^Canaries..]), canary =>
            Assert.True(float.IsNaN(canary), $"{_call.Shape}: wrote outside"));
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private static float[] Numbers(Random random, int count)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = (random.NextSingle() * 2) - 1;
        }

        return numbers;
    }

    private static ReadOnlySpan<double> Widen(float[] values) => Array.ConvertAll(values, value => (double)value);

    private DeviceBuffer<float> Upload(float[] values)
    {
        var buffer = _backend.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
