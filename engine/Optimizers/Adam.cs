using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015, algorithm 1): m = beta1·m + (1 - beta1)·g and v = beta2·v + (1 - beta2)·g², both from zero;
/// then, at step t, w = w - rate·(m/(1 - beta1^t)) / (sqrt(v/(1 - beta2^t)) + epsilon). Its weight decay, if any, is added to the
/// gradient.
/// </summary>
/// <param name="learningRate">The rate alpha, above 0.</param>
/// <param name="beta1">Decay of the mean of gradients, in [0, 1).</param>
/// <param name="beta2">Decay of the mean of their squares, in [0, 1).</param>
/// <param name="epsilon">Added to the denominator, above 0.</param>
/// <param name="weightDecay">L2 decay of the weights.</param>
/// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
public class Adam(
    float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0f)
    : Optimizer(learningRate, weightDecay)
{
    private readonly float _beta1 = Share(beta1, nameof(beta1));
    private readonly float _beta2 = Share(beta2, nameof(beta2));
    private readonly float _epsilon = epsilon > 0f && float.IsFinite(epsilon)
        ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Adam's epsilon must be above 0.");

    private DeviceBuffer<float>? _firstMoment;
    private DeviceBuffer<float>? _secondMoment;

    /// <inheritdoc/>
    public override string Kind => "adam";

    /// <summary>Whether the decay acts on the weights directly instead of through the gradient.</summary>
    protected virtual bool Decoupled => false;

    /// <summary>The step t whose bias corrections, 1 - beta^t, are applied (the paper's algorithm 1).</summary>
    protected virtual long CorrectionStep => Steps;

    /// <inheritdoc/>
    protected override void Describe(JsonObject json)
    {
        json["beta1"] = _beta1;
        json["beta2"] = _beta2;
        json["epsilon"] = _epsilon;
    }

    /// <inheritdoc/>
    protected override void AllocateState()
    {
        _firstMoment = AddState("first_moment");
        _secondMoment = AddState("second_moment");
    }

    /// <inheritdoc/>
    protected override void Update(
        Backend backend, BufferView<float> values, BufferView<float> gradients, int start, int count, float weightDecay) =>
        AdamSpec.Operation.Run(backend, new AdamCall(
            values.Slice(start, count),
            gradients.Slice(start, count),
            _firstMoment!.View.Slice(start, count),
            _secondMoment!.View.Slice(start, count),
            count, CorrectionStep, LearningRate, _beta1, _beta2, _epsilon, weightDecay, Decoupled));
}

/// <summary>
/// AdamW: Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019). The decay shrinks the weights themselves; added to
/// the gradient, it would be divided by the root of v like all that is there, and weights with large gradients would hardly
/// decay.
/// </summary>
/// <param name="learningRate">The rate alpha, above 0.</param>
/// <param name="beta1">Decay of the mean of gradients, in [0, 1).</param>
/// <param name="beta2">Decay of the mean of their squares, in [0, 1).</param>
/// <param name="epsilon">Added to the denominator, above 0.</param>
/// <param name="weightDecay">Decay of the weights: each step shrinks them by rate·decay.</param>
/// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
public sealed class AdamW(
    float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
    : Adam(learningRate, beta1, beta2, epsilon, weightDecay)
{
    /// <inheritdoc/>
    public override string Kind => "adamw";

    /// <inheritdoc/>
    protected override bool Decoupled => true;
}
