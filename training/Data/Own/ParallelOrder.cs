using System.Runtime.ExceptionServices;

namespace ScratchNet.Training.Data;

/// <summary>Work on many files at once, with the errors of working on them one after another.</summary>
internal static class ParallelOrder
{
    /// <summary>Runs a body for 0..count-1 on all processors.</summary>
    /// <exception cref="DataException">What the body threw for the lowest number that it threw for.</exception>
    /// <exception cref="OperationCanceledException">Likewise.</exception>
    public static void For(int count, Action<int> body)
    {
        var first = int.MaxValue;
        ExceptionDispatchInfo? error = null;
        var guard = new Lock();
        Parallel.For(0, count, (i, loop) =>
        {
            try
            {
                body(i);
            }
            catch (Exception exception) when (exception is DataException or OperationCanceledException)
            {
                // Breaking still finishes all that come before.
                loop.Break();
                lock (guard)
                {
                    (first, error) = i < first ? (i, ExceptionDispatchInfo.Capture(exception)) : (first, error);
                }
            }
        });
        error?.Throw();
    }
}
