using System.Diagnostics;

namespace ScratchNet.Kernels;

/// <summary>One OpenCL device as a probe saw it.</summary>
/// <param name="IsProcessor">Whether it is really a processor.</param>
/// <param name="Name">What its driver calls it.</param>
internal readonly record struct ProbedDevice(bool IsProcessor, string Name);

/// <summary>What a probe found out.</summary>
/// <param name="Failure">Why OpenCL must not be touched; null when it may.</param>
/// <param name="Devices">The devices, when it may.</param>
internal sealed record ProbeResult(string? Failure, IReadOnlyList<ProbedDevice> Devices)
{
    public static ProbeResult Failed(string why) => new(why, []);
}

/// <summary>
/// Enumerates OpenCL in a child process first, since a broken driver may crash or hang while it is enumerated and would take
/// this process
/// with it. The child is this same program started again with a startup hook (<see cref="StartupHook"/>) that answers
/// and exits before Main begins; so it works in an application, under <c>dotnet</c> and in a test host.
/// </summary>
/// <remarks>
/// Limits: a program without startup hooks (trimmed, or compiled ahead of time) or hosted by one that isn't .NET can't be
/// started this way. There
/// OpenCL is reported as not usable, unless SCRATCHNET_OPENCL_PROBE=off says that the drivers can be trusted. A driver that
/// survives its enumeration can still crash later.
/// </remarks>
internal static class OpenClProbe
{
    private const string ChildVariable = "SCRATCHNET_OPENCL_PROBE_CHILD";
    private const string TrustVariable = "SCRATCHNET_OPENCL_PROBE";
    private const string DeviceMark = "scratchnet-opencl-device";
    private const string EndMark = "scratchnet-opencl-end";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Lazy<ProbeResult> ThisProcess = new(RunOnce);

    /// <summary>Whether this process is a probe's child.</summary>
    public static bool IsChild => Environment.GetEnvironmentVariable(ChildVariable) == "1";

    /// <summary>The answer for this process, found out at the first use.</summary>
    public static ProbeResult Result => ThisProcess.Value;

    /// <summary>What the child does: lists the devices.</summary>
    /// <param name="output">Where the answer goes.</param>
    public static void Answer(TextWriter output)
    {
        foreach (var device in OpenClEnumeration.Devices())
        {
            output.WriteLine($"{DeviceMark}\t{(device.IsProcessor ? "processor" : "gpu")}\t{device.Name}");
        }

        output.WriteLine(EndMark);
        output.Flush();
    }

    /// <summary>Runs a probe command and reads its answer.</summary>
    /// <param name="command">What to start; its streams are redirected here.</param>
    /// <param name="patience">How long it may take.</param>
    public static ProbeResult Run(ProcessStartInfo command, TimeSpan patience)
    {
        command.RedirectStandardInput = command.RedirectStandardOutput = command.RedirectStandardError = true;
        command.UseShellExecute = false;
        try
        {
            using var child = Process.Start(command)!;
            child.StandardInput.Close();
            var answer = child.StandardOutput.ReadToEndAsync();
            var noise = child.StandardError.ReadToEndAsync();
            if (!Task.WhenAll(answer, noise).Wait(patience) || !child.WaitForExit(patience))
            {
                child.Kill(entireProcessTree: true);
                return ProbeResult.Failed($"its drivers did not answer within {patience.TotalSeconds:0.#} s");
            }

            return Read(answer.Result, child.ExitCode);
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException or AggregateException)
        {
            return ProbeResult.Failed($"it cannot be probed from this program ({exception.Message})");
        }
    }

    private static ProbeResult Read(string answer, int exitCode)
    {
        var lines = answer.Split('\n', StringSplitOptions.TrimEntries);
        if (exitCode != 0 || !lines.Contains(EndMark))
        {
            return ProbeResult.Failed($"a driver ended the probing process (exit code {exitCode})");
        }

        var devices = from line in lines
                      let fields = line.Split('\t')
                      where fields.Length == 3 && fields[0] == DeviceMark
                      select new ProbedDevice(fields[1] == "processor", fields[2]);
        return new ProbeResult(null, [.. devices]);
    }

    private static ProbeResult RunOnce()
    {
        if (IsChild)
        {
            return ProbeResult.Failed("this process is itself a probe");
        }

        if (Environment.GetEnvironmentVariable(TrustVariable) == "off")
        {
            return new ProbeResult(null, OpenClEnumeration.Devices());
        }

        var command = OwnCommand();
        return command is null
            ? ProbeResult.Failed($"it cannot be probed from this program; set {TrustVariable}=off to trust its drivers")
            : Run(command, Patience);
    }

    /// <summary>How to start this same program with the hook; null where that can't be.</summary>
    private static ProcessStartInfo? OwnCommand()
    {
        var hooksOff = AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var supported) && !supported;
        if (hooksOff || Environment.ProcessPath is not { } program)
        {
            return null;
        }

        var command = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            AddDotnetArguments(command);
        }

        var location = typeof(OpenClProbe).Assembly.Location;
        command.Environment["DOTNET_STARTUP_HOOKS"] = location.Length > 0 ? location : "ScratchNet.Kernels";
        command.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        command.Environment[ChildVariable] = "1";
        return command;
    }

    /// <summary>A program run as <c>dotnet program.dll</c>, perhaps with another's configuration as test hosts are.</summary>
    private static void AddDotnetArguments(ProcessStartInfo command)
    {
        var dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        if (dependencies is { Length: > 0 })
        {
            command.ArgumentList.Add("exec");
            command.ArgumentList.Add("--depsfile");
            command.ArgumentList.Add(dependencies);
            var configuration = dependencies.Replace(".deps.json", ".runtimeconfig.json", StringComparison.Ordinal);
            if (File.Exists(configuration))
            {
                command.ArgumentList.Add("--runtimeconfig");
                command.ArgumentList.Add(configuration);
            }
        }

        command.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
    }
}
