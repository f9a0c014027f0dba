using System.Diagnostics;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// Runs code of the processor until it is compiled as well as it will be. .NET compiles a method quickly when it is first called;
/// well only when it has been called 30 times since 100 ms passed without a method that was new (its settings
/// TC_CallCountThreshold and TC_CallCountingDelayMs). Timed before, ReLU of 4096 numbers took twice as long as it does, and the
/// plain loop five times.
/// </summary>
internal static class WarmUp
{
    private const int Calls = 2 * 30;

    /// <summary>
    /// One so that calls are counted afterwards, and one to be counted; a third, since the 100 ms begin anew with any new method.
    /// </summary>
    private const int Passes = 3;

    /// <summary>From the last method that is new to where calls count, with room for a busy machine.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(150);

    /// <summary>What runs longer is mostly loops, which are compiled well while they run.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs contenders often enough; on a GPU, whose drivers compile once, not at all.</summary>
    /// <param name="backend">Where they run.</param>
    /// <param name="contenders">What is to be timed.</param>
    /// <param name="cancel">Ends it early.</param>
    public static void Run(Backend backend, IReadOnlyList<Contender> contenders, CancellationToken cancel)
    {
        if (backend.Target != Target.Cpu)
        {
            return;
        }

        for (var pass = 0; pass < Passes && contenders.Count > 0; pass++)
        {
            foreach (var contender in contenders)
            {
                RunOften(contender, cancel);
            }

            cancel.WaitHandle.WaitOne(Delay);
        }
    }

    private static void RunOften(Contender contender, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < Calls && Stopwatch.GetElapsedTime(start) < MostTime; call++)
        {
            cancel.ThrowIfCancellationRequested();
            contender.Run();
            contender.Finish?.Invoke();
        }
    }
}
