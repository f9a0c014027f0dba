using System.Runtime.InteropServices;

namespace ScratchNet.Tests.Cli;

/// <summary>Sends signals at once: starting a process of its own for it takes seconds on a busy machine.</summary>
internal static class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>Sends a signal to a process, where there are such things.</summary>
    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new InvalidOperationException($"No signal could be sent to {process}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    // LibraryImport would need unsafe code, which the tests do without.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
