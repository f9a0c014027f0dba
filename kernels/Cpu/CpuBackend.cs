namespace ScratchNet.Kernels;

/// <summary>Runs operations on the processor with SIMD kernels and a team of threads.</summary>
public sealed class CpuBackend : Backend
{
    private static int _jobTypes;

    /// <summary>Cache lines in a page of 4 KB.</summary>
    private const int PageLines = 64;

    /// <summary>
    /// From the line of a buffer's beginning to that of the next: with 19, any nine in a row are 5 lines apart or more.
    /// </summary>
    private const int LineStep = 19;

    private int _buffers;
    private ParallelJob?[] _jobs = [];
    private DeviceInfo? _device;

    /// <summary>Starts a backend.</summary>
    /// <param name="threads">Number of threads, 1 to 1024; 0 takes one per processor that this process may use.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is out of range.</exception>
    public CpuBackend(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        Team = new ThreadTeam(threads == 0 ? Environment.ProcessorCount : threads);
        Scratch = new WorkerScratch(this);
    }

    /// <summary>The threads that share the work.</summary>
    public ThreadTeam Team { get; }

    /// <inheritdoc/>
    public override DeviceInfo Device => _device ??= CpuDevice.Describe(Team.Threads);

    /// <inheritdoc/>
    public override Target Target => Target.Cpu;

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        try
        {
            return new CpuBuffer<T>(this, length);
        }
        catch (OutOfMemoryException exception)
        {
            throw new DeviceMemoryException($"The processor's memory cannot hold {length:N0} more elements.", exception);
        }
    }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Share<T>(T[] values) => new CpuBuffer<T>(this, values);

    /// <inheritdoc/>
    public override void Synchronize()
    {
        // Every operation has run by the time its call returns.
    }

    /// <summary>Working memory for kernels, one piece for each thread.</summary>
    internal WorkerScratch Scratch { get; }

    /// <summary>The line of a page on which the next large buffer is to begin.</summary>
    internal int NextLine() => (int)((uint)Interlocked.Increment(ref _buffers) * LineStep % PageLines);

    /// <summary>This backend's one instance of a job, to be filled with arguments and given to <see cref="Team"/>.</summary>
    /// <typeparam name="TJob">The job.</typeparam>
    internal TJob Job<TJob>()
        where TJob : ParallelJob, new()
    {
        var place = Place<TJob>.Index;
        if (place >= _jobs.Length)
        {
            Array.Resize(ref _jobs, place + 1);
        }

        return (TJob)(_jobs[place] ??= new TJob());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Team.Dispose();

    /// <summary>Numbers the types of jobs: looking one up in a dictionary would take as long as a small product.</summary>
    private static class Place<TJob>
    {
        public static readonly int Index = Interlocked.Increment(ref _jobTypes) - 1;
    }
}
