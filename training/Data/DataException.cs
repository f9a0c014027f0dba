namespace ScratchNet.Training.Data;

/// <summary>
/// Data that cannot be used: a file that is missing, damaged or of another kind, or contents that contradict each other.
/// <see cref="Exception.Message"/> is one line for a person: what is wrong, where, what was expected and found, what to do.
/// </summary>
public sealed class DataException : Exception
{
    /// <summary>An error with its one-line message.</summary>
    public DataException(string message) : base(message)
    {
    }

    /// <summary>An error with its one-line message and what led to it.</summary>
    public DataException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
