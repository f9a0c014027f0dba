using System.Numerics.Tensors;
using ScratchNet.Kernels;

namespace ScratchNet.Perf;

/// <summary>One bandwidth-bound operation on its arrays, by ScratchNet and, where it has the same, by System.Numerics.Tensors.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Count">Elements of each array.</param>
/// <param name="Arrays">All arrays that it touches; filled anew before each check.</param>
/// <param name="Mine">Runs the SIMD variant.</param>
/// <param name="Reference">Runs the plain loops, which the others are checked against.</param>
/// <param name="Peer">Runs the peer; null where it has nothing of the kind.</param>
/// <param name="Bytes">Bytes that the operation must move.</param>
/// <param name="Traffic">Bytes that cross the memory bus: lines that are only written are read first.</param>
internal sealed record ElementwiseCase(
    string Name, int Count, BufferView<float>[] Arrays, Action Mine, Action Reference, Action? Peer, long Bytes, long Traffic)
{
    private const double Tolerance = 1e-5;
    private const int Columns = 512;

    /// <summary>The cases on four arrays of one length.</summary>
    /// <param name="backend">Runs them.</param>
    /// <param name="arrays">The arrays.</param>
    public static IEnumerable<ElementwiseCase> All(CpuBackend backend, BufferView<float>[] arrays)
    {
        var count = arrays[0].Length;
        var (a, b, c, d) = (arrays[0], arrays[1], arrays[2], arrays[3]);
        yield return Make("relu", ActivationSpec.Forward, new(a, b, count, Activation.Relu), 1,
            () => TensorPrimitives.Max(a.AsSpan(), 0f, b.AsSpan()));
        yield return Make("sigmoid", ActivationSpec.Forward, new(a, b, count, Activation.Sigmoid), 1,
            () => TensorPrimitives.Sigmoid<float>(a.AsSpan(), b.AsSpan()));
        yield return Make("tanh", ActivationSpec.Forward, new(a, b, count, Activation.Tanh), 1,
            () => TensorPrimitives.Tanh<float>(a.AsSpan(), b.AsSpan()));
        yield return Make("relu-backward", ActivationSpec.Backward, new(a, b, c, count, Activation.Relu), 1, null);
        yield return Make("dropout-backward", DropoutSpec.Backward, new(a, b, c, count), 1,
            () => TensorPrimitives.Multiply<float>(a.AsSpan(), b.AsSpan(), c.AsSpan()));
        yield return Make("column-sums", ColumnSumsSpec.Operation, new(a, b, count / Columns, Columns), 0, () => SumColumns(a, b));
        yield return Make("sgd", SgdSpec.Operation, new(a, b, default, count, 0.01f), 0,
            () => TensorPrimitives.MultiplyAdd(b.AsSpan(), -0.01f, a.AsSpan(), a.AsSpan()));
        yield return Make("sgd-momentum", SgdSpec.Operation, new(a, b, c, count, 0.01f, 0.9f), 0, () =>
        {
            TensorPrimitives.MultiplyAdd(c.AsSpan(), 0.9f, b.AsSpan(), c.AsSpan());
            TensorPrimitives.MultiplyAdd(c.AsSpan(), -0.01f, a.AsSpan(), a.AsSpan());
        });
        yield return Make("adam", AdamSpec.Operation, new(a, b, c, d, count, 10), 0, null);

        ElementwiseCase Make<TCall>(string name, Operation<TCall> operation, TCall call, int writtenOnly, Action? peer)
            where TCall : struct, IOperationCall
        {
            var reference = operation.TypedVariants.Single(variant => variant.Name == "reference");
            var simd = operation.TypedVariants.Single(variant => variant.Name == "simd");
            return new(name, count, arrays, () => simd.Run(backend, call), () => reference.Run(backend, call), peer, call.Bytes,
                call.Bytes + (sizeof(float) * (long)count * writtenOnly));
        }
    }

    /// <summary>Compares everything that Mine and the peer write with what the reference writes.</summary>
    /// <exception cref="InvalidOperationException">A result is wrong.</exception>
    public void Check()
    {
        var expected = Result(Reference);
        Compare("simd", expected, Result(Mine));
        if (Peer is not null)
        {
            Compare("tensors", expected, Result(Peer));
        }
    }

    private static void SumColumns(BufferView<float> x, BufferView<float> sums)
    {
        var total = sums.AsSpan()[..Columns];
        total.Clear();
        for (var row = 0; row < x.Length / Columns; row++)
        {
            TensorPrimitives.Add<float>(total, x.AsSpan().Slice(row * Columns, Columns), total);
        }
    }

    /// <summary>Fills the arrays with the same numbers every time; memory never written would all be one page of zeros.</summary>
    public void Fill()
    {
        foreach (var (index, array) in Arrays.Index())
        {
            var random = new Random(index);
            foreach (ref var value in array.AsSpan())
            {
                // Positive, as Adam's second moment must be; away from 0, as nobody must be slowed by denormals.
                value = 0.5f + random.NextSingle();
            }
        }
    }

    private float[][] Result(Action run)
    {
        Fill();
        run();
        return [.. Arrays.Select(array => array.AsSpan().ToArray())];
    }

    private void Compare(string who, float[][] expected, float[][] actual)
    {
        foreach (var (want, got) in expected.Zip(actual))
        {
            for (var i = 0; i < want.Length; i++)
            {
                if (!(Math.Abs(want[i] - got[i]) <= Tolerance * Math.Max(1f, Math.Abs(want[i]))))
                {
                    throw new InvalidOperationException($"{who} {Name}: element {i} is {got[i]}, not {want[i]}.");
                }
            }
        }
    }
}
