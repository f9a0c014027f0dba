using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Kernels;

/// <summary>Shapes are the number of elements and an option.</summary>
/// <param name="operation">The operation.</param>
/// <param name="options">How many options there are.</param>
internal abstract class ElementwiseCase<TCall>(Operation<TCall> operation, int options) : OperationCase<TCall>(operation)
    where TCall : struct, IOperationCall
{
    public override IEnumerable<int[]> SmallShapes =>
        from count in new[] { 1, 2, 7, 16, 17, 63, 97 }
        from option in Enumerable.Range(0, options)
        select new[] { count, option };

    public override IEnumerable<int[]> LargeShapes =>
        from count in new[] { 1023, 7840, 65537 }
        from option in Enumerable.Range(0, options)
        select new[] { count, option };

    public override Gen<int[]> RandomShape(bool large) =>
        from count in Size(large ? 3000 : 150)
        from option in Gen.Choose(0, options - 1)
        select new[] { count, option };

    protected static IReadOnlyList<double> Map(int count, Func<int, double> value) =>
        [.. Enumerable.Range(0, count).Select(value)];
}

/// <summary>The option is the activation.</summary>
internal sealed class ActivationForwardCase() : ElementwiseCase<ActivationForwardCall>(ActivationSpec.Forward, options: 4)
{
    public static double Exact(double x, Activation activation) => activation switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Sigmoid => SpecialFunctions.Logistic(x),
        Activation.Tanh => Math.Tanh(x),
        _ => x,
    };

    protected override ActivationForwardCall Arrange(Trial trial, int[] shape)
    {
        // Far enough out for sigmoid and tanh to flatten, and many values near 0, where digits are easily lost.
        var activation = (Activation)shape[1];
        var x = trial.Numbers(shape[0], -4, 4).Select(value => value * value * value * 0.3f).ToArray();
        var y = Map(x.Length, i => Exact(x[i], activation));
        return new ActivationForwardCall(
            trial.Input("x", x), trial.Output("y", y, y, Tolerances.Activation), x.Length, activation);
    }
}

/// <summary>The option is the activation.</summary>
internal sealed class ActivationBackwardCase() : ElementwiseCase<ActivationBackwardCall>(ActivationSpec.Backward, options: 4)
{
    protected override ActivationBackwardCall Arrange(Trial trial, int[] shape)
    {
        var activation = (Activation)shape[1];
        var (y, dy) = (trial.Numbers(shape[0]), trial.Numbers(shape[0]));
        var dx = Map(y.Length, i => dy[i] * Slope(y[i], activation));
        return new ActivationBackwardCall(trial.Input("y", y), trial.Input("dy", dy),
            trial.Output("dx", dx, Map(y.Length, i => dy[i]), Tolerances.ActivationBackward), y.Length, activation);
    }

    /// <summary>f'(x) from y = f(x).</summary>
    public static double Slope(double y, Activation activation) => activation switch
    {
        Activation.Relu => y > 0 ? 1 : 0,
        Activation.Sigmoid => y * (1 - y),
        Activation.Tanh => (1 - y) * (1 + y),
        _ => 1,
    };
}

/// <summary>The option is the rate, in steps of a quarter, and the layer.</summary>
internal sealed class DropoutForwardCase() : ElementwiseCase<DropoutForwardCall>(DropoutSpec.Forward, options: 4)
{
    protected override DropoutForwardCall Arrange(Trial trial, int[] shape)
    {
        var (count, layer) = (shape[0], shape[1]);
        var rate = 0.25f * layer;
        const ulong Seed = 0x123456789ABCDEF0;
        const uint Step = 77;
        var x = trial.Numbers(count);
        var mask = Map(count, i => Unit(Philox.At(Seed, RandomPurpose.Dropout, layer, Step, (ulong)i / 4), i % 4) < rate
            ? 0 : (float)(1 / (1 - (double)rate)));
        var y = Map(count, i => x[i] * mask[i]);
        return new DropoutForwardCall(trial.Input("x", x), trial.Output("y", y, y, Tolerances.Dropout),
            trial.Output("mask", mask, mask, tolerance: 0), count, rate, Seed, layer, Step);
    }

    /// <summary>One of four words as a number in [0, 1), all its 32 bits used.</summary>
    private static double Unit(RandomWords words, int place) =>
        new[] { words.X, words.Y, words.Z, words.W }[place] / 4294967296.0;
}

/// <summary>The option means nothing.</summary>
internal sealed class DropoutBackwardCase() : ElementwiseCase<DropoutBackwardCall>(DropoutSpec.Backward, options: 1)
{
    protected override DropoutBackwardCall Arrange(Trial trial, int[] shape)
    {
        var dy = trial.Numbers(shape[0]);
        var mask = trial.Bytes(shape[0], 2).Select(kept => kept * 1.25f).ToArray();
        var dx = Map(dy.Length, i => (double)dy[i] * mask[i]);
        return new DropoutBackwardCall(
            trial.Input("dy", dy), trial.Input("mask", mask), trial.Output("dx", dx, dx, Tolerances.Dropout), dy.Length);
    }
}
