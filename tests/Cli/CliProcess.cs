using System.Diagnostics;
using System.Text.Json;

namespace ScratchNet.Tests.Cli;

/// <summary>What a process of the program answered.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    /// <summary>Every line of the results as JSON; fails if one isn't.</summary>
    public JsonElement[] JsonLines() =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}

/// <summary>Runs the built program as a process, its streams redirected.</summary>
internal static class CliProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "scratchnet.dll");

    private static string Dotnet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    public static CliResult Run(string folder, params string[] args) => Run(folder, [], args);

    public static CliResult Run(string folder, (string Name, string Value)[] environment, params string[] args)
    {
        using var process = Start(folder, environment, args);
        return Finish(process);
    }

    public static Process Start(string folder, (string Name, string Value)[] environment, params string[] args) =>
        Start(folder, environment, Dotnet, [Program, .. args]);

    /// <summary>Runs another program.</summary>
    public static CliResult RunProgram(string folder, string program, params string[] args)
    {
        using var process = Start(folder, [], program, args);
        return Finish(process);
    }

    /// <summary>Runs the program on an imitated terminal; everything it shows comes as results.</summary>
    public static CliResult RunOnTerminal(string folder, (string Name, string Value)[] environment, string args)
    {
        using var process = Start(folder, environment, "script",
            ["--quiet", "--return", "--command", $"'{Dotnet}' '{Program}' {args}", "/dev/null"]);
        return Finish(process);
    }

    private static Process Start(string folder, (string Name, string Value)[] environment, string program, string[] args)
    {
        var command = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Array.ForEach(args, command.ArgumentList.Add);
        Array.ForEach(environment, variable => command.Environment[variable.Name] = variable.Value);
        return Process.Start(command)!;
    }

    /// <summary>Waits for the end; a process that hangs is killed and fails the test.</summary>
    public static CliResult Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"scratchnet did not end within {Patience.TotalSeconds} s");
        }

        return new CliResult(process.ExitCode, output.Result, error.Result);
    }
}
