using System.Net;
using ScratchNet.Cli.Studio.Server;

namespace ScratchNet.Cli.Studio;

/// <summary>The studio from its start to Ctrl-C.</summary>
internal static class StudioRun
{
    /// <summary>Serves until interrupted.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(StudioOptions options, Terminal terminal)
    {
        using var interruption = new Interruption();
        using var sessions = Sessions.Open(options, terminal);
        Serve(options, sessions, terminal, interruption.Token).GetAwaiter().GetResult();
        foreach (var line in sessions.Save())
        {
            terminal.Error.WriteLine(line);
        }

        return ExitCode.Success;
    }

    private static async Task Serve(StudioOptions options, Sessions sessions, Terminal terminal, CancellationToken end)
    {
        var address = await Ports.Resolve(options.Host);
        if (!IPAddress.IsLoopback(address))
        {
            terminal.Warn($"--host {options.Host} lets everybody who reaches this machine use the studio: there is no password");
        }

        var port = Ports.Choose(address, options.Port, options.IsPortGiven);
        await using var server = await StudioServer.Start(address, port, options.Host, sessions);
        terminal.Out.WriteLine(server.Address);
        terminal.Error.WriteLine("the studio runs until Ctrl-C, which saves the run of the Train page");
        if (options.OpenBrowser)
        {
            Browser.Open(server.Address, terminal);
        }

        await Task.Delay(Timeout.Infinite, end).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
