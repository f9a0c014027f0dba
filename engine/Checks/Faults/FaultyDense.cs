using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>A dense layer whose backward pass has a mistake. Compare with <see cref="Dense.Backward"/>.</summary>
internal sealed class FaultyDense(Fault fault, int units, Activation activation, Initializer initializer)
    : Dense(units, activation, initializer)
{
    private Tensor _x;
    private Tensor _y;

    /// <summary>Whether a fault is one of this layer's.</summary>
    public static bool Has(Fault fault) =>
        fault is Fault.MissingTranspose or Fault.WrongActivationMask or Fault.BiasNotSummed or Fault.GradientsNotCleared;

    public override Tensor Forward(Backend backend, Tensor x, in Pass pass)
    {
        _x = x;
        return _y = base.Forward(backend, x, pass);
    }

    public override Tensor Backward(Backend backend, Tensor dy)
    {
        var before = fault == Fault.GradientsNotCleared ? Weights.Gradients.ToArray() : [];
        var batch = dy.Rows;
        var dz = dy;
        if (Applied != Activation.None)
        {
            var mask = fault == Fault.WrongActivationMask ? dy : _y;
            ActivationSpec.Backward.Run(backend, new ActivationBackwardCall(mask.View, dy.View, dz.View, dy.Count, Applied));
        }

        MatMulSpec.Operation.Run(backend, new MatMulCall(
            _x.View, dz.View, Weights.Gradients.View, Inputs, Outputs, batch, TransposeA: true));
        if (before.Length > 0)
        {
            Weights.Gradients.CopyFrom([.. Weights.Gradients.ToArray().Zip(before, (now, old) => now + old)]);
        }

        var rows = fault == Fault.BiasNotSummed ? 1 : batch;
        ColumnSumsSpec.Operation.Run(backend, new ColumnSumsCall(dz.View, Bias.Gradients.View, rows, Outputs));
        if (!NeedsInputGradient)
        {
            return default;
        }

        // Without the transpose the same memory is read as outputs x inputs: the sizes fit, so nothing complains.
        var dx = InputGradient(batch);
        MatMulSpec.Operation.Run(backend, new MatMulCall(
            dz.View, Weights.Values.View, dx.View, batch, Inputs, Outputs, TransposeB: fault != Fault.MissingTranspose));
        return dx;
    }
}
