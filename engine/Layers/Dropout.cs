using System.Globalization;
using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Dropout: in training every element is set to zero with probability <see cref="Rate"/>, the others are divided by
/// 1 - rate, so that the expectation stays; outside training nothing happens (Srivastava et al., JMLR 15, 2014).
/// </summary>
public sealed class Dropout : Layer
{
    private Tensor _mask;
    private bool _dropped;
    private int _rows;

    /// <summary>Makes a layer.</summary>
    /// <param name="rate">Probability of dropping an element, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is out of range.</exception>
    public Dropout(float rate)
    {
        if (rate is not (>= 0f and < 1f))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate must be at least 0 and below 1.");
        }

        Rate = rate;
    }

    /// <inheritdoc/>
    public override string Kind => "dropout";

    /// <summary>Probability of dropping an element.</summary>
    public float Rate { get; }

    /// <summary>
    /// What the values of the last pass were multiplied by, batch x outputs: 0, or 1/(1 - rate); empty where nothing was dropped.
    /// </summary>
    internal float[] CopyMask() => _dropped ? _mask.FirstRows(_rows).ToArray() : [];

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"dropout {Rate} {Outputs}");

    /// <inheritdoc/>
    public override long PlannedBytes => base.PlannedBytes + ((long)sizeof(float) * _mask.Count);

    /// <inheritdoc/>
    public override Tensor Forward(Backend backend, Tensor x, in Pass pass)
    {
        Expect(x, Inputs, "its input");
        (_dropped, _rows) = (pass.Training && Rate > 0, x.Rows);
        if (!_dropped)
        {
            return x;
        }

        var y = Output(x.Rows);
        DropoutSpec.Forward.Run(backend, new DropoutForwardCall(
            x.View, y.View, _mask.View, x.Count, Rate, pass.Seed, Index, pass.Step));
        return y;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Forward was y[i] = x[i]·mask[i] with a mask that does not depend on x: x[i] went into y[i] alone, with slope mask[i], so
    /// dx[i] = dy[i]·mask[i]. Where nothing was dropped, forward was y = x, so dx = dy.
    /// </remarks>
    public override Tensor Backward(Backend backend, Tensor dy)
    {
        Expect(dy, Outputs, "the gradient of its output");
        if (!_dropped || !NeedsInputGradient)
        {
            return NeedsInputGradient ? dy : default;
        }

        var dx = InputGradient(dy.Rows);
        DropoutSpec.Backward.Run(backend, new DropoutBackwardCall(dy.View, _mask.View, dx.View, dy.Count));
        return dx;
    }

    /// <inheritdoc/>
    public override double[] ForwardReference(double[] x, int batch, IReadOnlyList<double[]> parameters, in Pass pass)
    {
        if (!pass.Training || Rate == 0)
        {
            return x;
        }

        var y = new double[x.Length];
        DropoutReference.Forward<double>(x, y, new double[x.Length], DropoutForwardCall.ThresholdOf(Rate), 1 / (1 - (double)Rate),
            pass.Seed, Index, pass.Step);
        return y;
    }

    /// <inheritdoc/>
    protected internal override void Describe(JsonObject json) => json["rate"] = Rate;

    /// <inheritdoc/>
    protected override int Declare(int inputs) => inputs;

    /// <inheritdoc/>
    protected override bool IsForTrainingOnly => true;

    /// <inheritdoc/>
    protected override void PlanMoreTraining(Backend backend, int batch) =>
        Reallocate(ref _mask, backend, batch, Outputs);

    /// <inheritdoc/>
    protected override void ReleaseMore() => Free(ref _mask);
}
