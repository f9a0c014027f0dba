using ScratchNet.Kernels;

/// <summary>
/// What the runtime calls before Main in a process started with DOTNET_STARTUP_HOOKS naming this assembly: how
/// <see cref="OpenClProbe"/> runs its own code in a child of any program without running that program. The runtime demands this
/// very name, without a namespace.
/// </summary>
#pragma warning disable CA1050 // declared in a namespace: it must not be
internal static class StartupHook
#pragma warning restore CA1050
{
    /// <summary>Enumerates OpenCL, answers on stdout, and ends the process; does nothing in a process that isn't a
    /// probe.</summary>
    public static void Initialize()
    {
        if (OpenClProbe.IsChild)
        {
            OpenClProbe.Answer(Console.Out);
            Environment.Exit(0);
        }
    }
}
