namespace ScratchNet.Kernels;

/// <summary>
/// Work that a <see cref="ThreadTeam"/> runs in parts. A job keeps its arguments in fields and is reused from call to
/// call (see <see cref="CpuBackend.Job{TJob}"/>), so that running one allocates nothing.
/// </summary>
public abstract class ParallelJob
{
    /// <summary>Does one part. Parts must not depend on one another, nor their result on which thread runs them.</summary>
    /// <param name="part">Which part, from 0.</param>
    public abstract void Execute(int part);
}
