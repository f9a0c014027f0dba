namespace ScratchNet.Cli.Studio.Server;

/// <summary>A request that cannot be met; the browser shows the message.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One line for a person: what is wrong and what to do.</param>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The request makes no sense: 400.</summary>
    public static RequestException Malformed(string message) => new(400, message);

    /// <summary>It makes sense, but not now: 409.</summary>
    public static RequestException Conflict(string message) => new(409, message);
}
