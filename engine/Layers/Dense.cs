using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// A fully connected layer: y = f(x·W + b), with x (batch, inputs), W (inputs, outputs), b (outputs) and y (batch, outputs).
/// </summary>
public class Dense : Layer
{
    private readonly Initializer _initializer;
    private readonly int _units;
    private Tensor _x;
    private Tensor _y;

    /// <summary>Makes a layer; the network that it is put in tells it the number of inputs.</summary>
    /// <param name="units">Number of outputs, at least 1.</param>
    /// <param name="activation">The function f.</param>
    /// <param name="initializer">How W begins; left out, what suits the activation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is less than 1.</exception>
    public Dense(int units, Activation activation = Activation.None, Initializer? initializer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        _units = units;
        Activation = activation;
        _initializer = initializer ?? Initializer.For(activation);
    }

    /// <inheritdoc/>
    public override string Kind => "dense";

    /// <summary>The function f.</summary>
    public Activation Activation { get; }

    /// <summary>W, inputs x outputs.</summary>
    public Parameter Weights => Parameters[0];

    /// <summary>b, 1 x outputs.</summary>
    public Parameter Bias => Parameters[1];

    /// <inheritdoc/>
    public override string Description => Activation == Activation.None
        ? base.Description
        : $"{base.Description}, {Activation.ToString().ToLowerInvariant()}";

    /// <summary>
    /// Set on a last layer whose sigmoid the loss computes itself, from the value before it: binary cross-entropy is exact
    /// there, while the logarithm of a rounded sigmoid is not.
    /// </summary>
    internal bool LossAppliesActivation { get; set; }

    /// <summary>What the layer itself applies: f, or nothing where the loss does.</summary>
    public Activation Applied => LossAppliesActivation ? Activation.None : Activation;

    /// <inheritdoc/>
    public override Tensor Forward(Backend backend, Tensor x, in Pass pass)
    {
        Expect(x, Inputs, "its input");
        var y = Output(x.Rows);
        MatMulSpec.Operation.Run(backend, new MatMulCall(
            x.View, Weights.Values.View, y.View, x.Rows, Outputs, Inputs, Bias: Bias.Values.View, Activation: Applied));
        _x = x;
        _y = y;
        return y;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Forward was z[i,j] = sum over p of x[i,p]·W[p,j] + b[j] and y[i,j] = f(z[i,j]). Each value reaches the loss through
    /// whatever it went into, with the slope that it has there; where it has several ways, they add up:
    /// <list type="bullet">
    /// <item>z[i,j] went into y[i,j] alone, with slope f'(z[i,j]): dz[i,j] = dy[i,j]·f'(z[i,j]).</item>
    /// <item>b[j] went into z[i,j] of every row i, with slope 1: db[j] = sum over i of dz[i,j].</item>
    /// <item>W[p,j] went into z[i,j] of every row i, with slope x[i,p]: dW[p,j] = sum over i of x[i,p]·dz[i,j]: xᵀ·dz.</item>
    /// <item>x[i,p] went into z[i,j] of every column j, with slope W[p,j]: dx[i,p] = sum over j of dz[i,j]·W[p,j]: dz·Wᵀ.</item>
    /// </list>
    /// </remarks>
    public override Tensor Backward(Backend backend, Tensor dy)
    {
        Expect(dy, Outputs, "the gradient of its output");
        var batch = dy.Rows;

        // One pass makes dz of dy, in place, and sums its columns: that is db.
        var dz = dy;
        ColumnSumsSpec.Operation.Run(backend, new ColumnSumsCall(
            dz.View, Bias.Gradients.View, batch, Outputs, Applied == Activation.None ? default : _y.View, Applied));
        MatMulSpec.Operation.Run(backend, new MatMulCall(
            _x.View, dz.View, Weights.Gradients.View, Inputs, Outputs, batch, TransposeA: true));
        if (!NeedsInputGradient)
        {
            return default;
        }

        var dx = InputGradient(batch);
        MatMulSpec.Operation.Run(backend, new MatMulCall(
            dz.View, Weights.Values.View, dx.View, batch, Inputs, Outputs, TransposeB: true));
        return dx;
    }

    /// <inheritdoc/>
    public override double[] ForwardReference(double[] x, int batch, IReadOnlyList<double[]> parameters, in Pass pass)
    {
        var y = new double[batch * Outputs];
        MatMulReference.Compute<double>(x, parameters[0], y, batch, Outputs, Inputs, false, false, parameters[1], Applied);
        return y;
    }

    /// <inheritdoc/>
    protected internal override void Describe(JsonObject json)
    {
        json["units"] = _units;
        json["activation"] = Activation.ToString().ToLowerInvariant();
        json["initializer"] = _initializer.Name;
    }

    /// <inheritdoc/>
    protected override int Declare(int inputs)
    {
        AddParameter("weights", inputs, _units, _initializer);
        AddParameter("bias", 1, _units, Initializer.Zeros, isBias: true);
        return _units;
    }
}
