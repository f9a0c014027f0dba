namespace ScratchNet.Training;

/// <summary>A run cannot go on from a checkpoint, since it is another run by now; the message says in one line what
/// differs.</summary>
/// <param name="message">One line for a person.</param>
public sealed class ResumeException(string message) : Exception(message);
