using System.ComponentModel;
using System.Diagnostics;

namespace ScratchNet.Cli.Studio.Server;

/// <summary>Opens a page in the person's browser.</summary>
internal static class Browser
{
    /// <summary>Opens it, or says that somebody has to.</summary>
    public static void Open(string address, Terminal terminal)
    {
        var hasNoScreen = OperatingSystem.IsLinux()
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY"))
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"));
        if (hasNoScreen || !TryOpen(address))
        {
            terminal.Error.WriteLine($"open {address} in a browser");
        }
    }

    private static bool TryOpen(string address)
    {
        try
        {
            var command = OperatingSystem.IsWindows() ? new ProcessStartInfo(address) { UseShellExecute = true }
                : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [address])
                {
                    // What a browser says on its way up is not for this terminal.
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                };
            using var process = Process.Start(command);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
