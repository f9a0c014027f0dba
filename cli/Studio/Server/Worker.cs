using System.Collections.Concurrent;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>
/// A thread of a session's own. Commands are queued and run in order; when there is none, it does a slice of background work
/// again and again for as long as there is any. Everything of a session happens here, so that a session needs no locks.
/// </summary>
internal sealed class Worker : IDisposable
{
    private readonly BlockingCollection<Action> _commands = [];
    private readonly Func<bool> _background;
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">What debuggers call it.</param>
    /// <param name="background">Does a slice of work, some milliseconds long; tells whether there is more.</param>
    public Worker(string name, Func<bool> background)
    {
        _background = background;
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs something on the thread as soon as what came before is done.</summary>
    /// <returns>Its result, or what it threw.</returns>
    /// <exception cref="OperationCanceledException">The worker is ending.</exception>
    public Task<T> Ask<T>(Func<T> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _commands.Add(() => Answer(answer, work));
        }
        catch (InvalidOperationException)
        {
            answer.SetCanceled();
        }

        return answer.Task;
    }

    /// <summary>Runs something that has no result.</summary>
    public Task Do(Action work) => Ask(() =>
    {
        work();
        return true;
    });

    /// <summary>Lets the thread finish its commands, and ends it.</summary>
    public void Dispose()
    {
        _commands.CompleteAdding();
        _thread.Join();
        _commands.Dispose();
    }

    private static void Answer<T>(TaskCompletionSource<T> answer, Func<T> work)
    {
        try
        {
            answer.SetResult(work());
        }
        catch (Exception exception)
        {
            answer.SetException(exception);
        }
    }

    private void Loop()
    {
        var isBusy = false;
        while (!_commands.IsCompleted)
        {
            // With work to do a command is only looked for; without, the thread sleeps until one comes.
            if (_commands.TryTake(out var command, isBusy ? 0 : Timeout.Infinite))
            {
                command();
                isBusy = true;
            }
            else if (isBusy)
            {
                isBusy = _background();
            }
        }
    }
}
