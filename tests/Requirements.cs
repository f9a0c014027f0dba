using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests;

/// <summary>
/// What a test does when something it needs is absent: it skips, saying why, or fails where skips are forbidden.
/// </summary>
public static class Requirements
{
    /// <summary>The collection of all tests that open an OpenCL device in this process: they run one after another.</summary>
    public const string OpenClCollection = "OpenCL";

    private const string Variable = "SCRATCHNET_FORBID_SKIPS";

    private static readonly Lazy<Backend> OpenClBackend = new(() => Devices.Open("opencl"));

    /// <summary>Whether skips are forbidden: CI installs everything, so there a skip is a mistake.</summary>
    public static bool SkipsAreForbidden => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Ends a <c>SkippableFact</c> or <c>SkippableTheory</c>.</summary>
    /// <param name="reason">What is absent.</param>
    public static void Skip(string reason)
    {
        Assert.False(SkipsAreForbidden, $"{Variable} is set, but: {reason}");
        throw new SkipException(reason);
    }

    /// <summary>The browser on this machine; skips the test when there is none.</summary>
    public static string Chromium()
    {
        string[] places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        if (Array.Find(places, File.Exists) is { } path)
        {
            return path;
        }

        Skip($"there is no Chromium on this machine (looked for {string.Join(", ", places)}; Debian: apt-get install chromium)");
        return "";
    }

    /// <summary>
    /// The OpenCL device, opened once for the whole run and never closed; skips the test when it is not there. PoCL 3.1 was
    /// seen to fail, and once in a while to crash, when contexts of the same process came, went and compiled at the same time.
    /// Tests that use it are in <see cref="OpenClCollection"/>, so that they run one after another.
    /// </summary>
    public static Backend OpenCl()
    {
        try
        {
            return OpenClBackend.Value;
        }
        catch (DeviceException exception)
        {
            Skip(exception.Message);
            throw;
        }
    }
}

/// <summary>
/// Tests on the OpenCL device run when no other test does. Next to tests that compile kernels in other contexts, opening the
/// device or building for it was seen to fail about once in ten runs (PoCL 3.1, ILGPU 1.5.3). The program has one backend and one
/// thread that uses it.
/// </summary>
[CollectionDefinition(Requirements.OpenClCollection, DisableParallelization = true)]
public sealed class OpenClCollectionDefinition;
