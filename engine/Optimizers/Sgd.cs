using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// Stochastic gradient descent: w = w - rate·g. With momentum w = w - rate·u, where the velocity u = momentum·u + g is a running
/// sum of gradients: those that agree add up, those that quarrel cancel (Polyak, USSR Comput. Math. Math. Phys. 4, 1964).
/// </summary>
/// <param name="learningRate">The rate, above 0.</param>
/// <param name="momentum">Share of the velocity that is kept from step to step, in [0, 1).</param>
/// <param name="nesterov">Whether the gradient is looked up one step ahead.</param>
/// <param name="weightDecay">L2 decay of the weights.</param>
/// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
public sealed class Sgd(float learningRate = 0.1f, float momentum = 0f, bool nesterov = false, float weightDecay = 0f)
    : Optimizer(learningRate, weightDecay)
{
    private readonly float _momentum = Share(momentum, nameof(momentum));
    private DeviceBuffer<float>? _velocity;

    /// <inheritdoc/>
    public override string Kind => "sgd";

    /// <inheritdoc/>
    protected override void Describe(JsonObject json)
    {
        json["momentum"] = _momentum;
        json["nesterov"] = nesterov;
    }

    /// <inheritdoc/>
    protected override void AllocateState()
    {
        if (_momentum != 0f)
        {
            _velocity = AddState("velocity");
        }
    }

    /// <inheritdoc/>
    protected override void Update(
        Backend backend, BufferView<float> values, BufferView<float> gradients, int start, int count, float weightDecay) =>
        SgdSpec.Operation.Run(backend, new SgdCall(
            values.Slice(start, count),
            gradients.Slice(start, count),
            _velocity is null ? default : _velocity.View.Slice(start, count),
            count, LearningRate, _momentum, weightDecay, nesterov));
}
