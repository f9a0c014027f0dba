namespace ScratchNet.Cli.Studio;

/// <summary>What the command line of <c>studio</c> asks for.</summary>
/// <param name="Model">MODEL, or null.</param>
/// <param name="Data">--data, or null.</param>
/// <param name="Host">Address to listen at.</param>
/// <param name="Port">Port to listen at.</param>
/// <param name="IsPortGiven">Whether that port was asked for; else the next free one will do.</param>
/// <param name="OpenBrowser">Whether to open a browser.</param>
/// <param name="Device">Where the Train page trains.</param>
/// <param name="Threads">--threads, or 0.</param>
internal sealed record StudioOptions(
    string? Model, string? Data, string Host, int Port, bool IsPortGiven, bool OpenBrowser, string Device, int Threads);
