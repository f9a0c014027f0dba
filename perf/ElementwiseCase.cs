using System.Numerics.Tensors;
using ScratchNet.Kernels;
using ScratchNet.Kernels.Bench;

namespace ScratchNet.Perf;

/// <summary>
/// One operation that does little with each number, on arrays of its own, by ScratchNet and, where it has the same, by
/// System.Numerics.Tensors.
/// </summary>
/// <param name="Name">The operation.</param>
/// <param name="Shape">How much of it.</param>
/// <param name="Sizes">The same in words.</param>
/// <param name="Bench">Holds the arrays and knows what should become of them.</param>
/// <param name="Traffic">What must be moved.</param>
/// <param name="Mine">Runs what training uses.</param>
/// <param name="Peer">Runs the peer; null where it has nothing of the kind.</param>
internal sealed record ElementwiseCase(
    string Name, BenchShape Shape, string Sizes, Workbench Bench, Traffic Traffic, Action Mine, Action? Peer) : IDisposable
{
    private const int Columns = 512;
    private const int Classes = 10;

    /// <summary>Every case on arrays of a length, to be made one at a time, as together they would fill the memory.</summary>
    /// <param name="count">Elements of each array.</param>
    /// <returns>The operation's name, and what makes its case on a backend that is to run it.</returns>
    public static IEnumerable<(string Name, Func<CpuBackend, ElementwiseCase> Make)> All(int count)
    {
        BenchShape Of(string kind) => new(count, Detail: kind);
        yield return Make("relu", new ActivationForwardBench(), Of("relu"),
            call => TensorPrimitives.Max(call.X.AsSpan(), 0f, call.Y.AsSpan()));
        yield return Make("sigmoid", new ActivationForwardBench(), Of("sigmoid"),
            call => TensorPrimitives.Sigmoid<float>(call.X.AsSpan(), call.Y.AsSpan()));
        yield return Make("tanh", new ActivationForwardBench(), Of("tanh"),
            call => TensorPrimitives.Tanh<float>(call.X.AsSpan(), call.Y.AsSpan()));
        yield return Make("relu-backward", new ActivationBackwardBench(), Of("relu"), null);
        yield return Make("dropout-backward", new DropoutBackwardBench(), new(count),
            call => TensorPrimitives.Multiply<float>(call.Dy.AsSpan(), call.Mask.AsSpan(), call.Dx.AsSpan()));
        yield return Make("column-sums", new ColumnSumsBench(), new(count / Columns, Columns), SumColumns);
        yield return Make("softmax", new SoftmaxCrossEntropyBench(), new(count / Classes, Classes), null);
        yield return Make("sgd", new SgdBench(momentum: 0), new(count),
            call => TensorPrimitives.MultiplyAdd(call.G.AsSpan(), -call.LearningRate, call.W.AsSpan(), call.W.AsSpan()));
        yield return Make("sgd-momentum", new SgdBench(), new(count), call =>
        {
            var w = call.W.AsSpan();
            var velocity = call.Velocity.AsSpan();
            TensorPrimitives.MultiplyAdd(velocity, call.Momentum, call.G.AsSpan(), velocity);
            TensorPrimitives.MultiplyAdd(velocity, -call.LearningRate, w, w);
        });
        yield return Make("adam", new AdamBench(), new(count), null);
    }

    /// <summary>Runs one side on fresh arrays and compares what it wrote with double precision.</summary>
    /// <returns>The largest error in ulps.</returns>
    /// <exception cref="InvalidOperationException">The result is wrong.</exception>
    public double Check(string who, Action run)
    {
        Bench.Reset();
        run();
        var verdict = Bench.Check();
        return verdict.Fault is null
            ? verdict.ErrorUlp
            : throw new InvalidOperationException($"{who} {Name} {Sizes}: {verdict.Fault}");
    }

    public void Dispose() => Bench.Dispose();

    private static (string Name, Func<CpuBackend, ElementwiseCase> Make) Make<TCall>(
        string name, BenchCase<TCall> bench, BenchShape shape, Action<TCall>? peer)
        where TCall : struct, IOperationCall
    {
        return (name, backend =>
        {
            var workbench = new Workbench(backend);
            var call = bench.Prepare(workbench, shape);
            var operation = (Operation<TCall>)bench.Operation;
            return new ElementwiseCase(name, shape, call.Shape, workbench, call.Traffic, () => operation.Run(backend, call),
                peer is null ? null : () => peer(call));
        });
    }

    private static void SumColumns(ColumnSumsCall call)
    {
        var total = call.Sums.AsSpan();
        total.Clear();
        for (var row = 0; row < call.Rows; row++)
        {
            TensorPrimitives.Add<float>(total, call.X.AsSpan().Slice(row * call.Columns, call.Columns), total);
        }
    }
}
