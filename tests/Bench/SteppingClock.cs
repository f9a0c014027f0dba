namespace ScratchNet.Tests.Bench;

/// <summary>A clock on which a millisecond passes between any two looks at it.</summary>
internal sealed class SteppingClock : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now++;
}
