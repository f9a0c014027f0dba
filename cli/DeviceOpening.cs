using ScratchNet.Kernels;

namespace ScratchNet.Cli;

/// <summary>Opens devices for commands.</summary>
internal static class DeviceOpening
{
    /// <summary>Opens a device and passes on what there is to know about it, such as a tuning file that was ignored.</summary>
    /// <param name="terminal">Where warnings go.</param>
    /// <param name="device">Which one; see <see cref="Devices.Open"/>.</param>
    /// <param name="threads">Threads for the processor; 0 takes one for each.</param>
    public static Backend Open(this Terminal terminal, string device, int threads = 0)
    {
        var backend = Devices.Open(device, threads);
        if (backend.Warning is { } warning)
        {
            terminal.Warn(warning);
        }

        return backend;
    }
}
