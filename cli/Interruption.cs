using System.Runtime.InteropServices;

namespace ScratchNet.Cli;

/// <summary>
/// Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) while something runs that should end in good order. The first one
/// cancels a token; a second one kills the process, as it would without this. Under nohup a closed terminal stops nothing.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to listen.</summary>
    public Interruption()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // Cancel = true means that the runtime shall not end the process.
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
