using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Ops;

/// <summary>The same bits for 1, 2 and 3 threads, at sizes that are cut into pieces.</summary>
public class ThreadCountTests
{
    private const int Count = 70_003;
    private const int Rows = 6007;
    private const int Classes = 13;

    public static TheoryData<string> Names => new(Runs.Keys);

    /// <summary>Each runs one operation and returns all its outputs.</summary>
    private static Dictionary<string, Func<CpuRun, float[][]>> Runs { get; } = new()
    {
        ["activation"] = run => Run(run, ActivationSpec.Forward, [1, 1],
            views => new ActivationForwardCall(views[0], views[1], Count, Activation.Tanh)),
        ["activation-backward"] = run => Run(run, ActivationSpec.Backward, [1, 1, 1],
            views => new ActivationBackwardCall(views[0], views[1], views[2], Count, Activation.Sigmoid)),
        ["dropout"] = run => Run(run, DropoutSpec.Forward, [1, 1, 1],
            views => new DropoutForwardCall(views[0], views[1], views[2], Count, 0.3f, 1, 2, 3)),
        ["sgd"] = run => Run(run, SgdSpec.Operation, [1, 1, 1],
            views => new SgdCall(views[0], views[1], views[2], Count, 0.1f, 0.9f, 0.01f, true)),
        ["adam"] = run => Run(run, AdamSpec.Operation, [1, 1, 1, 0],
            views => new AdamCall(views[0], views[1], views[2], views[3], Count, 3)),
        ["squared-sum"] = run => Run(run, SquaredSumSpec.Operation, [1, 0],
            views => new SquaredSumCall(views[0], views[1], Count)),
        ["clip-norm"] = run => Run(run, ClipNormSpec.Operation, [1],
            views => new ClipNormCall(views[0], run.View([9f]), Count, 2f)),
        ["moving-average"] = run => Run(run, MovingAverageSpec.Operation, [1, 1],
            views => new MovingAverageCall(views[0], views[1], Count, 0.01f)),
        ["column-sums"] = run => Run(run, ColumnSumsSpec.Operation, [30, 1],
            views => new ColumnSumsCall(views[0], views[1], 3000, 700)),
        ["column-sums, past the caches"] = run => Run(run, ColumnSumsSpec.Operation, [61, 1],
            views => new ColumnSumsCall(views[0], views[1], 6100, 700)),
        ["softmax-cross-entropy"] = run => Run(run, SoftmaxCrossEntropySpec.Operation, [2, 2, 1, 1],
            views => new SoftmaxCrossEntropyCall(
                views[0], run.View(new byte[Rows]), views[1], views[2], views[3], Rows, Classes, 0.1f)),
        ["binary-cross-entropy"] = run => Run(run, BinaryCrossEntropySpec.Operation, [1, 1, 1, 1],
            views => new BinaryCrossEntropyCall(views[0], run.View(new byte[Rows]), views[1], views[2], views[3], Rows)),
        ["metrics"] = run => Run(run, MetricsSpec.Operation, [1, 1, 0],
            views => new MetricsCall(views[0], views[1], views[2], Rows, 1)),
        ["gather"] = run => Run(run, GatherSpec.Operation, [1],
            views => new GatherCall(run.View(new byte[784]), run.View(new byte[1]), run.View(new int[80]), views[0],
                run.View(new byte[80]), 80, 784, 1f, 0.5f)),
        ["augment"] = run => Run(run, AugmentSpec.Operation, [1, 1],
            views => new AugmentCall(views[0], run.View(Enumerable.Range(0, 50).ToArray()), views[1], 50, 28, 28, 0f,
                new Distortion(10f, 0.1f, 1f, 0.1f, 34f, 5f), 1, 1)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyNumberOfThreadsGivesTheSameBits(string name)
    {
        using var single = new CpuRun(1);
        var expected = Runs[name](single);
        foreach (var threads in new[] { 2, 3 })
        {
            using var run = new CpuRun(threads);
            var actual = Runs[name](run);
            for (var i = 0; i < expected.Length; i++)
            {
                CpuRun.AssertSameBits(expected[i], actual[i]);
            }
        }
    }

    /// <summary>Runs on arrays of so many times <see cref="Count"/> random numbers; 0 stands for one array of zeros.</summary>
    private static float[][] Run<TCall>(
        CpuRun run, Operation<TCall> operation, int[] sizes, Func<BufferView<float>[], TCall> call)
        where TCall : struct, IOperationCall
    {
        float[][] arrays = [.. sizes.Select((size, i) => size == 0 ? new float[Count] : CpuRun.Random(size * Count, i))];
        run.Run(operation, "simd", call([.. arrays.Select(run.View)]));
        return arrays;
    }
}
