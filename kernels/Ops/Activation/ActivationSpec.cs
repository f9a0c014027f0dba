namespace ScratchNet.Kernels;

/// <summary>The activations: functions applied to each element on its own.</summary>
public enum Activation
{
    /// <summary>f(x) = x.</summary>
    None = 0,

    /// <summary>f(x) = max(x, 0); f' is 0 at 0.</summary>
    Relu = 1,

    /// <summary>f(x) = 1 / (1 + e^-x).</summary>
    Sigmoid = 2,

    /// <summary>f(x) = tanh x.</summary>
    Tanh = 3,
}

/// <summary>Arguments of <c>y = f(x)</c>.</summary>
/// <param name="X">Inputs.</param>
/// <param name="Y">Outputs; may be the same view as <paramref name="X"/>.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Activation">The function f.</param>
public readonly record struct ActivationForwardCall(
    BufferView<float> X, BufferView<float> Y, int Count, Activation Activation) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Count, Written: sizeof(float) * (long)Count);

    /// <inheritdoc/>
    public string Shape => $"{Activation} {Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(ActivationSpec.ForwardName, Count);
        Check.Holds(ActivationSpec.ForwardName, X, Count);
        Check.Holds(ActivationSpec.ForwardName, Y, Count);
    }
}

/// <summary>
/// Arguments of <c>dx = dy·f'(x)</c>, with f' written in terms of y = f(x): ReLU y &gt; 0, sigmoid y(1 - y), tanh 1 - y².
/// </summary>
/// <param name="Y">Outputs of the forward pass.</param>
/// <param name="Dy">Gradient of the loss with respect to them.</param>
/// <param name="Dx">Gradient with respect to the inputs; may be the same view as <paramref name="Dy"/>.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Activation">The function f.</param>
public readonly record struct ActivationBackwardCall(
    BufferView<float> Y, BufferView<float> Dy, BufferView<float> Dx, int Count, Activation Activation) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => Count * (Activation is Activation.Sigmoid or Activation.Tanh ? 3L : 1L);

    /// <inheritdoc/>
    public Traffic Traffic => new(2L * sizeof(float) * Count, Written: sizeof(float) * (long)Count);

    /// <inheritdoc/>
    public string Shape => $"{Activation} {Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        Check.Positive(ActivationSpec.BackwardName, Count);
        Check.Holds(ActivationSpec.BackwardName, Y, Count);
        Check.Holds(ActivationSpec.BackwardName, Dy, Count);
        Check.Holds(ActivationSpec.BackwardName, Dx, Count);
    }
}

/// <summary>Activations, forward and backward.</summary>
public static class ActivationSpec
{
    internal const string ForwardName = "activation";
    internal const string BackwardName = "activation-backward";

    /// <summary>The forward operation and its variants.</summary>
    public static Operation<ActivationForwardCall> Forward { get; } = new(
        ForwardName,
        "y[i] = f(x[i])",
        [
            new("reference", "plain loops", ActivationReference.RunForward),
            new("simd", "vector instructions, threads over chunks", ActivationSimd.RunForward),
            new("element-per-thread", "one thread an element", ActivationGpu.RunForward, () => [ActivationGpu.ForwardKernel]),
        ]);

    /// <summary>The backward operation and its variants.</summary>
    public static Operation<ActivationBackwardCall> Backward { get; } = new(
        BackwardName,
        "dx[i] = dy[i]·f'(x[i]), f' from y[i]",
        [
            new("reference", "plain loops", ActivationReference.RunBackward),
            new("simd", "vector instructions, threads over chunks", ActivationSimd.RunBackward),
            new("element-per-thread", "one thread an element", ActivationGpu.RunBackward, () => [ActivationGpu.BackwardKernel]),
        ]);
}
