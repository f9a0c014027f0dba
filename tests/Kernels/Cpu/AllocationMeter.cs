namespace ScratchNet.Tests.Kernels.Cpu;

/// <summary>
/// Counts what a call allocates on this thread. A collection that another test causes shifts the runtime's count by a few bytes
/// once, so the count is taken over many calls: below one smallest object a call means that a call allocates nothing.
/// </summary>
internal static class AllocationMeter
{
    public const double SmallestObject = 24;

    private const int Calls = 200;

    /// <summary>Bytes allocated by each of many calls, after as many that are not counted.</summary>
    public static double PerCall(Action action)
    {
        Repeat(action);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(action);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
    }

    private static void Repeat(Action action)
    {
        for (var call = 0; call < Calls; call++)
        {
            action();
        }
    }
}
