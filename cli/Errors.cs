namespace ScratchNet.Cli;

/// <summary>The command line makes no sense: exit code 2. The message names what was given and what is possible.</summary>
/// <param name="message">One line for a person.</param>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A failure that the message alone explains: exit code 1.</summary>
/// <param name="message">One line for a person.</param>
internal sealed class FailureException(string message) : Exception(message);

/// <summary>Turns whatever went wrong into one line and an exit code.</summary>
internal static class Errors
{
    /// <summary>Set to 1, this environment variable shows where in the code an error came from.</summary>
    private const string DebugVariable = "SCRATCHNET_DEBUG";

    /// <summary>Tells what went wrong.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception exception, Terminal terminal)
    {
        var cause = exception is AggregateException { InnerException: { } inner } ? inner : exception;
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
        {
            terminal.Error.WriteLine(cause);
        }

        switch (cause)
        {
            case OperationCanceledException:
                terminal.Fail("interrupted");
                return ExitCode.Interrupted;
            case UsageException:
                terminal.Fail(cause.Message);
                return ExitCode.WrongUsage;
            default:
                terminal.Fail(Describe(cause));
                return ExitCode.Failure;
        }
    }

    /// <summary>Whether the message of an exception was written for a person.</summary>
    public static bool IsForPeople(Exception cause) =>
        cause is FailureException or UsageException or IOException or UnauthorizedAccessException || IsOurs(cause);

    /// <summary>The line that tells a person what went wrong.</summary>
    public static string Describe(Exception cause) => cause switch
    {
        _ when IsForPeople(cause) => cause.Message,
        OutOfMemoryException => "the memory of this machine does not suffice; take a smaller network or batch",
        _ => $"{cause.GetType().Name}: {cause.Message} (this should not happen; {DebugVariable}=1 shows where)",
    };

    /// <summary>The libraries' own exceptions carry a line for a person. Asked by name, so that no library is loaded.</summary>
    private static bool IsOurs(Exception cause) =>
        cause.GetType().Assembly.GetName().Name!.StartsWith("ScratchNet.", StringComparison.Ordinal);
}
