using System.Text.Encodings.Web;

namespace ScratchNet.Engine.Files;

/// <summary>
/// A model file that cannot be used. The message is one line for a person: which file, at which byte, what was expected and
/// what was found, and what to do.
/// </summary>
/// <param name="message">That line.</param>
/// <param name="inner">What the system said, if it did.</param>
public sealed class ModelFileException(string message, Exception? inner = null) : Exception(message, inner)
{
    private const string Damaged = "The file is damaged or no safetensors file; take another copy or save it again.";
    private const int LongestQuote = 60;

    /// <summary>A complaint about one place in a file.</summary>
    /// <param name="file">The file's name as the caller gave it.</param>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="problem">What is wrong, what was expected, what was found; without a full stop.</param>
    /// <param name="advice">What to do.</param>
    internal static ModelFileException At(string file, long offset, string problem, string advice = Damaged) =>
        new($"{file}: byte {offset}: {problem}. {advice}");

    /// <summary>A name out of a file, fit for a message: short, on one line, with control characters escaped.</summary>
    /// <param name="name">The name, which may hold anything.</param>
    internal static string Quote(string name)
    {
        var shown = name.Length <= LongestQuote ? name : name[..LongestQuote] + "…";
        return $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(shown)}\"";
    }
}
