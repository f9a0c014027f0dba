namespace ScratchNet.Engine;

/// <summary>Adam without its bias corrections. Compare with <see cref="Adam"/>.</summary>
internal sealed class FaultyAdam(float learningRate) : Adam(learningRate)
{
    // So late a step that 1 - beta^t is 1.
    private const long EndOfTime = 1_000_000_000;

    protected override long CorrectionStep => EndOfTime;
}
