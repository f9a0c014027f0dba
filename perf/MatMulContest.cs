using ScratchNet.Cli;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>One product, computed by ScratchNet and its peers on the same matrices; checked when it is made.</summary>
internal sealed class MatMulContest : IDisposable
{
    /// <summary>How many elements of the result are checked in double precision.</summary>
    private const int Probes = 200;

    private readonly CpuBackend _backend;
    private readonly List<IDisposable> _buffers = [];
    private readonly BufferView<float> _peerResult;
    private readonly Dictionary<string, double> _errors = [];
    private readonly MathNetProduct? _mathNet;

    /// <summary>Makes the matrices, and multiplies them once by each.</summary>
    /// <param name="backend">Where ScratchNet runs.</param>
    /// <param name="shape">The product.</param>
    /// <param name="has">Which peers take part.</param>
    /// <param name="cancel">Stops while OpenBLAS's threads are chosen.</param>
    /// <exception cref="FailureException">A result is wrong.</exception>
    /// <exception cref="OperationCanceledException">It was to stop.</exception>
    public MatMulContest(CpuBackend backend, MatMulShape shape, Func<string, bool> has, CancellationToken cancel = default)
    {
        _backend = backend;
        Shape = shape;
        var random = new Random(shape.M + shape.N + shape.K);
        _peerResult = Buffer(shape.M * shape.N);
        Call = new MatMulCall(
            RandomBuffer(random, shape.M * shape.K), RandomBuffer(random, shape.K * shape.N), Buffer(shape.M * shape.N),
            shape.M, shape.N, shape.K, shape.TransposeA, shape.TransposeB,
            shape.Epilogue ? RandomBuffer(random, shape.N) : default,
            shape.Epilogue ? Activation.Relu : Activation.None);
        Contenders.Add(new Contender("simd", () => MatMulSimd.Run(_backend, Call)));
        if (has(OpenBlas.Name))
        {
            OpenBlas.SetThreads(backend.Team.Threads);
            Contenders.Add(OpenBlasWith(FastestPass(cancel)));
        }

        if (has(MathNetProduct.Name) && MathNetProduct.Takes(shape))
        {
            MathNetProduct.Set(backend.Team.Threads);
            _mathNet = new MathNetProduct(Call);
            Contenders.Add(new Contender(MathNetProduct.Name, _mathNet.Run));
        }

        foreach (var contender in Contenders)
        {
            contender.Run();
            _errors[contender.Name] = Check(contender.Name);
        }
    }

    public MatMulShape Shape { get; }

    public MatMulCall Call { get; }

    /// <summary>All sides, ScratchNet first.</summary>
    public List<Contender> Contenders { get; } = [];

    /// <summary>A side's largest error against double precision, in the bench's unit: <see cref="Verdict"/>'s.</summary>
    public double ErrorUlp(string name) => _errors[name];

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private Contender OpenBlasWith(int passThreads) => new(
        OpenBlas.Name, () => RunOpenBlas(passThreads), _backend.Team.Threads > 1 ? OpenBlas.Settle : default);

    /// <summary>
    /// On how many threads the pass over the result is faster: after a product OpenBLAS's own go on looking for work, and a
    /// pass that is shared out would have to wait for a core.
    /// </summary>
    private int FastestPass(CancellationToken cancel)
    {
        var team = _backend.Team.Threads;
        if (!Shape.Epilogue || team == 1)
        {
            return team;
        }

        var timings = Interleaved.Time(
            TimingPlan.Fixed, TimeProvider.System, [OpenBlasWith(team), OpenBlasWith(passThreads: 1)], cancel);
        return timings[0].MedianSeconds <= timings[1].MedianSeconds ? team : 1;
    }

    /// <summary>The product by OpenBLAS, and bias and ReLU, which it lacks, in one pass over the result.</summary>
    private void RunOpenBlas(int passThreads)
    {
        OpenBlas.Multiply(Call.A.AsSpan(), Call.B.AsSpan(), _peerResult.AsSpan(), Call.M, Call.N, Call.K,
            Call.TransposeA, Call.TransposeB);
        if (Shape.Epilogue)
        {
            BiasReluPass.Run(_backend, _peerResult, Call.Bias, Call.M, Call.N, passThreads);
        }
    }

    private ReadOnlySpan<float> ResultOf(string name) => name switch
    {
        OpenBlas.Name => _peerResult.AsSpan(),
        MathNetProduct.Name => _mathNet!.Result,
        _ => Call.C.AsSpan(),
    };

    private double Check(string name)
    {
        var a = Call.A.AsSpan();
        var b = Call.B.AsSpan();
        var c = ResultOf(name);
        var random = new Random(1);
        var (found, exact) = (new float[Probes], new double[Probes]);
        for (var probe = 0; probe < Probes; probe++)
        {
            var (i, j) = (random.Next(Call.M), random.Next(Call.N));
            var (sum, size) = (Shape.Epilogue ? Call.Bias.AsSpan()[j] : 0.0, 1.0);
            for (var p = 0; p < Call.K; p++)
            {
                var left = Call.TransposeA ? a[(p * Call.M) + i] : a[(i * Call.K) + p];
                var right = Call.TransposeB ? b[(j * Call.K) + p] : b[(p * Call.N) + j];
                sum += (double)left * right;
                size += Math.Abs((double)left * right);
            }

            var expected = Shape.Epilogue ? Math.Max(sum, 0) : sum;
            var error = Math.Abs(c[(i * Call.N) + j] - expected);
            if (!(error <= size * Math.ScaleB(1, -20)))
            {
                throw new FailureException(
                    $"{name} at {Call.Shape}: element ({i}, {j}) is {c[(i * Call.N) + j]}, not {expected}");
            }

            (found[probe], exact[probe]) = (c[(i * Call.N) + j], expected);
        }

        return Workbench.Compare(found, exact, double.PositiveInfinity).ErrorUlp;
    }

    private BufferView<float> Buffer(int length)
    {
        var buffer = _backend.Allocate<float>(length);
        _buffers.Add(buffer);
        return buffer.View;
    }

    private BufferView<float> RandomBuffer(Random random, int length)
    {
        var view = Buffer(length);
        foreach (ref var value in view.AsSpan())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return view;
    }
}
