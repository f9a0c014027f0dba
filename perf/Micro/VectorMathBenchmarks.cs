using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>One elementary function of many numbers, in cache: time for each number.</summary>
public class VectorMathBenchmarks
{
    private const int Count = 1024;
    private const float Tolerance = 1e-6f;

    private readonly float[] _x = new float[Count];
    private readonly float[] _y = new float[Count];

    /// <summary>A function of a vector.</summary>
    private interface IFunction
    {
        public static abstract Vector512<float> Of(Vector512<float> x);
    }

    /// <summary>Numbers from 1/16 to 8, where no function has a special case; then both sides are checked.</summary>
    [GlobalSetup]
    public void FillAndCheck()
    {
        var random = new Random(1);
        Array.ForEach([.. Enumerable.Range(0, Count)], i => _x[i] = 0.0625f + (7.9375f * random.NextSingle()));
        Check(ExpSimd, MathF.Exp);
        Check(LogSimd, MathF.Log);
        Check(TanhSimd, MathF.Tanh);
        Check(ExpTensors, MathF.Exp);
        Check(LogTensors, MathF.Log);
        Check(TanhTensors, MathF.Tanh);
    }

    [Benchmark(Description = "exp simd", OperationsPerInvoke = Count)]
    public void ExpSimd() => Map<Exp>();

    [Benchmark(Description = "exp tensors", OperationsPerInvoke = Count)]
    public void ExpTensors() => TensorPrimitives.Exp<float>(_x, _y);

    [Benchmark(Description = "exp mathf", OperationsPerInvoke = Count)]
    public void ExpMathF()
    {
        for (var i = 0; i < Count; i++)
        {
            _y[i] = MathF.Exp(_x[i]);
        }
    }

    [Benchmark(Description = "log simd", OperationsPerInvoke = Count)]
    public void LogSimd() => Map<Log>();

    [Benchmark(Description = "log tensors", OperationsPerInvoke = Count)]
    public void LogTensors() => TensorPrimitives.Log<float>(_x, _y);

    [Benchmark(Description = "log mathf", OperationsPerInvoke = Count)]
    public void LogMathF()
    {
        for (var i = 0; i < Count; i++)
        {
            _y[i] = MathF.Log(_x[i]);
        }
    }

    [Benchmark(Description = "tanh simd", OperationsPerInvoke = Count)]
    public void TanhSimd() => Map<Tanh>();

    [Benchmark(Description = "tanh tensors", OperationsPerInvoke = Count)]
    public void TanhTensors() => TensorPrimitives.Tanh<float>(_x, _y);

    [Benchmark(Description = "tanh mathf", OperationsPerInvoke = Count)]
    public void TanhMathF()
    {
        for (var i = 0; i < Count; i++)
        {
            _y[i] = MathF.Tanh(_x[i]);
        }
    }

    private void Map<TFunction>()
        where TFunction : struct, IFunction
    {
        for (var i = 0; i < Count; i += Vector512<float>.Count)
        {
            TFunction.Of(Vector512.LoadUnsafe(ref _x[i])).StoreUnsafe(ref _y[i]);
        }
    }

    private void Check(Action run, Func<float, float> expected)
    {
        run();
        for (var i = 0; i < Count; i++)
        {
            var want = expected(_x[i]);
            if (!(Math.Abs(_y[i] - want) <= Tolerance * Math.Max(1, Math.Abs(want))))
            {
                throw new InvalidOperationException($"{run.Method.Name} of {_x[i]} is {_y[i]}, not {want}.");
            }
        }
    }

    private readonly struct Exp : IFunction
    {
        public static Vector512<float> Of(Vector512<float> x) => VectorMath.Exp(x);
    }

    private readonly struct Log : IFunction
    {
        public static Vector512<float> Of(Vector512<float> x) => VectorMath.Log(x);
    }

    private readonly struct Tanh : IFunction
    {
        public static Vector512<float> Of(Vector512<float> x) => VectorMath.Tanh(x);
    }
}
