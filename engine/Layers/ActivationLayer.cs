using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// An activation as a layer of its own: y = f(x), element by element. <see cref="Dense"/> has one built in, which saves a pass.
/// </summary>
/// <param name="activation">The function f.</param>
public sealed class ActivationLayer(Activation activation) : Layer
{
    private Tensor _y;

    /// <inheritdoc/>
    public override string Kind => "activation";

    /// <summary>The function f.</summary>
    public Activation Activation { get; } = activation;

    /// <inheritdoc/>
    public override string Description => $"{Activation.ToString().ToLowerInvariant()} {Outputs}";

    /// <inheritdoc/>
    public override Tensor Forward(Backend backend, Tensor x, in Pass pass)
    {
        Expect(x, Inputs, "its input");
        _y = Output(x.Rows);
        ActivationSpec.Forward.Run(backend, new ActivationForwardCall(x.View, _y.View, x.Count, Activation));
        return _y;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Forward was y[i] = f(x[i]): x[i] went into y[i] alone, with slope f'(x[i]), so dx[i] = dy[i]·f'(x[i]). The slope is taken
    /// from y, which is still here: ReLU 1 where y &gt; 0, else 0; sigmoid y(1 - y); tanh 1 - y².
    /// </remarks>
    public override Tensor Backward(Backend backend, Tensor dy)
    {
        Expect(dy, Outputs, "the gradient of its output");
        if (!NeedsInputGradient)
        {
            return default;
        }

        var dx = InputGradient(dy.Rows);
        ActivationSpec.Backward.Run(backend, new ActivationBackwardCall(_y.View, dy.View, dx.View, dy.Count, Activation));
        return dx;
    }

    /// <inheritdoc/>
    public override double[] ForwardReference(double[] x, int batch, IReadOnlyList<double[]> parameters, in Pass pass)
    {
        var y = new double[x.Length];
        ActivationReference.Forward<double>(x, y, Activation);
        return y;
    }

    /// <inheritdoc/>
    protected internal override void Describe(JsonObject json) => json["activation"] = Activation.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    protected override int Declare(int inputs) => inputs;
}
