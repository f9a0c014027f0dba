namespace ScratchNet.Cli.Runs;

/// <summary>
/// Memory of the garbage collector that nothing refers to. It is collected when much more has been allocated, which a training
/// that allocates nothing never does: what was needed only to begin, or only to train, would lie there until the end.
/// </summary>
internal static class UnusedMemory
{
    /// <summary>Gives it back to the system at once; takes some milliseconds.</summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
