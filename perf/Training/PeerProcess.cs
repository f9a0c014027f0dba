using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ScratchNet.Cli;

namespace ScratchNet.Perf;

/// <summary>
/// A peer in a process of its own, which answers one line of JSON with another (perf/Peers/protocol.py has the conversation). It
/// stays alive between requests, so that nothing but the work itself is timed.
/// </summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly CancellationToken _cancel;
    private readonly TaskCompletionSource _complaintsRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _lastComplaint = "it says nothing";

    /// <summary>Starts a peer.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables that it is to have.</param>
    /// <param name="cancel">Kills it, whatever it is doing.</param>
    public PeerProcess(string name, IReadOnlyList<string> command, IEnumerable<(string Name, string Value)> environment,
        CancellationToken cancel = default)
    {
        (_name, _cancel) = (name, cancel);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>The longest that a request may take; a peer that hangs must not hang the suite.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Whether the peer is no more.</summary>
    internal bool HasExited => _process.HasExited;

    /// <summary>Sends a request and waits for the answer.</summary>
    /// <exception cref="OperationCanceledException">The suite is to stop; the peer is no more.</exception>
    /// <exception cref="FailureException">
    /// The peer ended, and its last complaint is given; or it did not answer in time, and is no more.
    /// </exception>
    public JsonElement Ask(object request)
    {
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
            var line = _process.StandardOutput.ReadLineAsync().WaitAsync(Patience, _cancel).GetAwaiter().GetResult();
            return line is not null ? JsonDocument.Parse(line).RootElement : throw Ended();
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw;
        }
        catch (TimeoutException)
        {
            // It would go on using a core while the others are timed.
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            throw new FailureException(string.Create(CultureInfo.InvariantCulture,
                $"{_name} did not answer within {Patience.TotalMinutes} minutes"));
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    /// <summary>Ends the peer.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is no more, and what it had still to read nobody reads.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            _complaintsRead.TrySetResult();
        }
        else if (!string.IsNullOrWhiteSpace(line))
        {
            _lastComplaint = line;
        }
    }

    private FailureException Ended()
    {
        // Its answers and its complaints come through two pipes: the end of the one says nothing of the other. Nor does its own
        // end, since what it started may hold a pipe open; so the wait has a limit.
        _complaintsRead.Task.Wait(TimeSpan.FromSeconds(5));
        // Ctrl-C goes to the peers too: what ends them is no failure of theirs.
        _cancel.ThrowIfCancellationRequested();
        return new FailureException($"{_name} ended early: {_lastComplaint}");
    }
}
