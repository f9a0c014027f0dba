namespace ScratchNet.Kernels;

/// <summary>
/// What a call must move at least, in bytes. The kinds are told apart because memory does: reading is the fastest, and what
/// is only written need not be read first.
/// </summary>
/// <param name="Read">Arrays that are only read.</param>
/// <param name="Written">Arrays that are only written.</param>
/// <param name="Updated">Arrays that are read and written in place.</param>
public readonly record struct Traffic(long Read, long Written = 0, long Updated = 0)
{
    /// <summary>Bytes moved: every input read once and every output written once.</summary>
    public long Bytes => Read + Written + (2 * Updated);

    /// <summary>Bytes of all arrays together: what a cache must hold to hold them all.</summary>
    public long Footprint => Read + Written + Updated;
}

/// <summary>What follows from the counts of a call.</summary>
public static class OperationCallExtensions
{
    extension<TCall>(TCall call)
        where TCall : struct, IOperationCall
    {
        /// <summary>Bytes that the call must move at least: every input read once and every output written once.</summary>
        public long Bytes => call.Traffic.Bytes;
    }
}
