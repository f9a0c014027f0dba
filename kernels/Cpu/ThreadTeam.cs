using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace ScratchNet.Kernels;

/// <summary>
/// A team of threads that runs the parts of a job and returns when all are done. The caller is one of the team. Parts are
/// handed out one by one, so a thread that the system takes away holds up no more than the part that it is in. Between
/// jobs a thread watches for the next one for <see cref="SpinTime"/>, because a training step brings one every few
/// microseconds, and then sleeps.
/// </summary>
public sealed class ThreadTeam : IDisposable
{
    /// <summary>How long a thread watches before it sleeps: longer than waking it takes (about 50 us).</summary>
    private static readonly TimeSpan SpinTime = TimeSpan.FromMicroseconds(100);

    /// <summary>
    /// How long of that it keeps its core to itself; afterwards it offers the core to others between two looks.
    /// </summary>
    private static readonly TimeSpan KeepTime = TimeSpan.FromMicroseconds(20);

    [ThreadStatic]
    private static bool _insidePart;

    [ThreadStatic]
    private static int _worker;

    private readonly Thread[] _workers;
    private readonly object _work = new();
    private readonly object _done = new();
    private readonly bool _crowded;
    private readonly ThreadPlacement _placement;

    private ParallelJob? _job;
    private ExceptionDispatchInfo? _failure;

    // The number of parts in the high half and the next part to hand out in the low half: one compare-and-swap takes a
    // part of the job that runs now, whichever that is, and none of one that is over.
    private PaddedLong _ticket;
    private PaddedLong _unfinished;
    private volatile int _sleepers;
    private volatile bool _callerSleeps;
    private volatile bool _stopping;
    private int _running;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Number of threads, the caller included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _crowded = threads > Environment.ProcessorCount;
        _workers = new Thread[threads - 1];
        _placement = new ThreadPlacement(threads - 1);
        for (var i = 0; i < _workers.Length; i++)
        {
            var worker = i + 1;
            _workers[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"ScratchNet {worker}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Which of a team's threads this is: 0 for the caller, 1 to <see cref="Threads"/> - 1 for the others.</summary>
    internal static int Worker => _worker;

    /// <summary>How many threads sleep at this moment.</summary>
    internal int Sleepers => _sleepers;

    /// <summary>
    /// Runs every part of a job. When a part throws, parts that nobody has begun are given up, and the first exception is
    /// thrown here once no part is running any more.
    /// </summary>
    /// <param name="job">The work.</param>
    /// <param name="parts">Number of parts; none for 0.</param>
    /// <exception cref="InvalidOperationException">A part of a job, or a second thread, calls this.</exception>
    /// <exception cref="ObjectDisposedException">The threads have been ended.</exception>
    public void Run(ParallelJob job, int parts)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (_insidePart)
        {
            throw new InvalidOperationException("A part of a job cannot run a job of its own: the team is busy with this one.");
        }

        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException(
                "The team is running a job of another thread; a backend belongs to one thread at a time.");
        }

        try
        {
            if (parts == 1 || Threads == 1)
            {
                RunAlone(job, parts);
            }
            else
            {
                RunTogether(job, parts);
            }
        }
        finally
        {
            _job = null;
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _stopping = true;
        lock (_work)
        {
            Monitor.PulseAll(_work);
        }

        foreach (var worker in _workers)
        {
            worker.Join();
        }
    }

    private static void RunAlone(ParallelJob job, int parts)
    {
        _insidePart = true;
        try
        {
            for (var part = 0; part < parts; part++)
            {
                job.Execute(part);
            }
        }
        finally
        {
            _insidePart = false;
        }
    }

    private void RunTogether(ParallelJob job, int parts)
    {
        _placement.AvoidThisCore();
        _job = job;
        _failure = null;
        _unfinished.Value = parts;
        // A full fence: either a thread going to sleep sees this ticket, or it is counted below.
        Interlocked.Exchange(ref _ticket.Value, (long)parts << 32);
        if (_sleepers > 0)
        {
            lock (_work)
            {
                Monitor.PulseAll(_work);
            }
        }

        TakeParts();
        if (!IsDone())
        {
            WaitForOthers();
        }

        _failure?.Throw();
    }

    private void Work(int worker)
    {
        _worker = worker;
        _placement.Enter(worker - 1);
        while (!_stopping)
        {
            TakeParts();
            WatchForWork();
        }
    }

    private void TakeParts()
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket.Value);
            var part = (int)ticket;
            if (part >= (int)(ticket >> 32))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _ticket.Value, ticket + 1, ticket) == ticket)
            {
                Execute(part);
            }
        }
    }

    private void Execute(int part)
    {
        var ended = 1;
        _insidePart = true;
        try
        {
            _job!.Execute(part);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            ended += GiveUpRest();
        }
        finally
        {
            _insidePart = false;
        }

        if (Interlocked.Add(ref _unfinished.Value, -ended) == 0 && _callerSleeps)
        {
            lock (_done)
            {
                Monitor.Pulse(_done);
            }
        }
    }

    /// <summary>Takes every part that nobody has begun and returns how many those are.</summary>
    private int GiveUpRest()
    {
        var ticket = Interlocked.Exchange(ref _ticket.Value, 0);
        return Math.Max((int)(ticket >> 32) - (int)ticket, 0);
    }

    private bool HasWork()
    {
        var ticket = Volatile.Read(ref _ticket.Value);
        return (int)ticket < (int)(ticket >> 32);
    }

    private bool IsDone() => Volatile.Read(ref _unfinished.Value) == 0;

    private void WatchForWork()
    {
        var watch = new Watch(_crowded);
        while (!HasWork() && !_stopping)
        {
            if (!watch.Look())
            {
                SleepUntilWork();
            }
        }
    }

    private void SleepUntilWork()
    {
        lock (_work)
        {
            Interlocked.Increment(ref _sleepers);
            while (!HasWork() && !_stopping)
            {
                Monitor.Wait(_work);
            }

            Interlocked.Decrement(ref _sleepers);
        }
    }

    private void WaitForOthers()
    {
        var watch = new Watch(_crowded);
        while (!IsDone())
        {
            if (!watch.Look())
            {
                SleepUntilDone();
            }
        }
    }

    private void SleepUntilDone()
    {
        lock (_done)
        {
            _callerSleeps = true;
            // A full fence: either the last part is seen to have ended, or whoever ends it sees the flag.
            Interlocked.MemoryBarrier();
            while (!IsDone())
            {
                Monitor.Wait(_done);
            }

            _callerSleeps = false;
        }
    }

    /// <summary>A pause between two looks at a flag: short at first, then giving the core away, then over.</summary>
    /// <param name="crowded">Whether there are more threads than cores, so that keeping a core stops another thread.</param>
    private struct Watch(bool crowded)
    {
        private const int PausesPerLook = 8;
        private readonly long _start = Stopwatch.GetTimestamp();

        /// <summary>Passes a moment and says whether to look again.</summary>
        public readonly bool Look()
        {
            var elapsed = Stopwatch.GetElapsedTime(_start);
            if (crowded || elapsed > KeepTime)
            {
                Thread.Yield();
            }
            else
            {
                Thread.SpinWait(PausesPerLook);
            }

            return elapsed < SpinTime;
        }
    }
}
