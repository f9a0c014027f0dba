using System.Text.Json.Nodes;
using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Tests.Engine;

public enum Bug
{
    None,
    WrongActivationMask,
    BiasNotSummed,
    MissingTranspose,
    InputNotMultiplied,
}

/// <summary>
/// A dense tanh layer, as many outputs as inputs, written on the host, with one mistake of the kind that people make: the
/// negative control of the gradient checks.
/// </summary>
internal sealed class BuggyDense(Bug bug) : Layer
{
    private float[] _x = [];
    private float[] _y = [];

    public override string Kind => "buggy-dense";

    public override Tensor Forward(Backend backend, Tensor x, in Pass pass)
    {
        _x = x.ToArray();
        _y = new float[x.Count];
        MatMulReference.Compute<float>(_x, Parameters[0].Values.ToArray(), _y, x.Rows, Outputs, Inputs,
            bias: Parameters[1].Values.ToArray(), activation: Activation.Tanh);
        var y = Output(x.Rows);
        y.CopyFrom(_y);
        return y;
    }

    public override Tensor Backward(Backend backend, Tensor dy)
    {
        var batch = dy.Rows;
        var dz = dy.ToArray();
        if (bug != Bug.WrongActivationMask)
        {
            ActivationReference.Backward<float>(_y, dz, dz, Activation.Tanh);
        }

        var x = bug == Bug.InputNotMultiplied ? _x.Select(_ => 1f).ToArray() : _x;
        var dw = new float[Inputs * Outputs];
        MatMulReference.Compute<float>(x, dz, dw, Inputs, Outputs, batch, transposeA: true);
        Parameters[0].Gradients.CopyFrom(dw);

        var db = new float[Outputs];
        ColumnSumsReference.Compute<float>(dz, db, bug == Bug.BiasNotSummed ? 1 : batch, Outputs);
        Parameters[1].Gradients.CopyFrom(db);

        var dx = new float[batch * Inputs];
        MatMulReference.Compute<float>(dz, Parameters[0].Values.ToArray(), dx, batch, Inputs, Outputs,
            transposeB: bug != Bug.MissingTranspose);
        var result = InputGradient(batch);
        result.CopyFrom(dx);
        return result;
    }

    public override double[] ForwardReference(double[] x, int batch, IReadOnlyList<double[]> parameters, in Pass pass)
    {
        var y = new double[batch * Outputs];
        MatMulReference.Compute<double>(x, parameters[0], y, batch, Outputs, Inputs,
            bias: parameters[1], activation: Activation.Tanh);
        return y;
    }

    protected internal override void Describe(JsonObject json)
    {
    }

    protected override int Declare(int inputs)
    {
        AddParameter("weights", inputs, inputs, Initializer.Glorot);
        AddParameter("bias", 1, inputs, Initializer.Zeros);
        return inputs;
    }
}
