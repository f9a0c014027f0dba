using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>Adam without its bias corrections. Compare with <see cref="Adam"/>.</summary>
internal sealed class FaultyAdam(float learningRate) : Optimizer(learningRate, 0f)
{
    // So late a step that 1 - beta^t is 1.
    private const long EndOfTime = 1_000_000_000;

    private DeviceBuffer<float>? _firstMoment;
    private DeviceBuffer<float>? _secondMoment;

    public override string Kind => "adam";

    protected override void Describe(JsonObject json)
    {
    }

    protected override void AllocateState()
    {
        _firstMoment = AddState("first_moment");
        _secondMoment = AddState("second_moment");
    }

    protected override void Update(
        Backend backend, BufferView<float> values, BufferView<float> gradients, int start, int count, float weightDecay) =>
        AdamSpec.Operation.Run(backend, new AdamCall(
            values.Slice(start, count),
            gradients.Slice(start, count),
            _firstMoment!.View.Slice(start, count),
            _secondMoment!.View.Slice(start, count),
            count, EndOfTime, LearningRate));
}
