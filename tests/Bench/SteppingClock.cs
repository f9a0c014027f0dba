namespace ScratchNet.Tests.Bench;

/// <summary>A clock on which some milliseconds pass between any two looks at it.</summary>
internal sealed class SteppingClock(long step = 1) : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now += step;
}
