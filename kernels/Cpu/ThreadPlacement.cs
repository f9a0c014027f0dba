using System.Runtime.InteropServices;

namespace ScratchNet.Kernels;

/// <summary>
/// Keeps a team's threads off the core that its caller runs on. Linux likes to wake a thread on the core of whoever wakes it,
/// as that often has the data in its caches; but here the waker goes on computing, and on a small machine the two were seen
/// to share one core for ten milliseconds while the other lay idle. Other systems are left to place threads as they like.
/// </summary>
internal sealed unsafe partial class ThreadPlacement
{
    /// <summary>The kernel's own limit on cores, in 64-bit words.</summary>
    private const int MaskWords = 1024 / 64;

    private readonly int[] _threads;
    private readonly ulong[] _allowed = new ulong[MaskWords];
    private readonly bool _enabled;
    private int _avoided = -1;

    /// <summary>Notes which cores the process may use.</summary>
    /// <param name="workers">Threads of the team besides the caller.</param>
    public ThreadPlacement(int workers)
    {
        _threads = new int[workers];
        _enabled = workers > 0 && OperatingSystem.IsLinux() && ReadAllowed();
    }

    /// <summary>Called by each thread of the team once, before it works.</summary>
    /// <param name="worker">Its number, from 0.</param>
    public void Enter(int worker)
    {
        if (_enabled)
        {
            Volatile.Write(ref _threads[worker], CurrentThread());
        }
    }

    /// <summary>Called by the caller before it hands out work; does nothing while the caller stays on its core.</summary>
    public void AvoidThisCore()
    {
        if (!_enabled)
        {
            return;
        }

        var core = Thread.GetCurrentProcessorId();
        if (core != _avoided && core >= 0 && core < MaskWords * 64)
        {
            _avoided = Avoid(core) ? core : -1;
        }
    }

    /// <summary>Lets every thread of the team run on all allowed cores but one; false when one has not entered yet.</summary>
    private bool Avoid(int core)
    {
        var mask = stackalloc ulong[MaskWords];
        _allowed.CopyTo(new Span<ulong>(mask, MaskWords));
        mask[core / 64] &= ~(1UL << (core % 64));
        var complete = true;
        for (var worker = 0; worker < _threads.Length; worker++)
        {
            var thread = Volatile.Read(ref _threads[worker]);
            complete &= thread != 0;
            if (thread != 0)
            {
                // A refusal (the process's cores have been changed meanwhile) leaves the thread where it was.
                _ = SetAffinity(thread, MaskWords * sizeof(ulong), mask);
            }
        }

        return complete;
    }

    /// <summary>Reads the process's cores; false when they are too few for a core to be left out, or cannot be told.</summary>
    private bool ReadAllowed()
    {
        try
        {
            fixed (ulong* mask = _allowed)
            {
                _ = CurrentThread();
                return GetAffinity(0, MaskWords * sizeof(ulong), mask) >= 0
                    && _allowed.Sum(word => (long)ulong.PopCount(word)) > _threads.Length;
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int CurrentThread();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ulong* mask);
}
