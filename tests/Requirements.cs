using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests;

/// <summary>What a test does when something it needs is absent: it skips, saying why, or fails where skips are forbidden.</summary>
internal static class Requirements
{
    /// <summary>The collection of all tests that open an OpenCL device in this process: they run one after another.</summary>
    public const string OpenClCollection = "OpenCL";

    private const string Variable = "SCRATCHNET_FORBID_SKIPS";

    /// <summary>Whether skips are forbidden: CI installs everything, so there a skip is a mistake.</summary>
    public static bool SkipsAreForbidden => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Ends a <c>SkippableFact</c> or <c>SkippableTheory</c>.</summary>
    /// <param name="reason">What is absent.</param>
    public static void Skip(string reason)
    {
        Assert.False(SkipsAreForbidden, $"{Variable} is set, but: {reason}");
        throw new SkipException(reason);
    }

    /// <summary>Opens a device, two threads for the CPU; skips the test when it is not there.</summary>
    /// <param name="device">Its id.</param>
    public static Backend Open(string device)
    {
        try
        {
            return Devices.Open(device, threads: 2);
        }
        catch (DeviceException exception)
        {
            Skip(exception.Message);
            throw;
        }
    }
}
