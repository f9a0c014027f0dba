using ScratchNet.Kernels.Bench;
using Xunit;

namespace ScratchNet.Tests.Bench;

/// <summary>The yardstick of what threads exchange.</summary>
public class CoreDistanceTests
{
    [Fact]
    public void AnAnswerTakesLongerThanAnInstructionAndLessThanASecond()
    {
        var nanoseconds = CoreDistance.RoundTripNanoseconds();
        Assert.Equal(Environment.ProcessorCount > 1, nanoseconds is not null);
        Assert.InRange(nanoseconds ?? 1, 1, 1e9);
    }
}
