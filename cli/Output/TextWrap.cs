namespace ScratchNet.Cli.Output;

/// <summary>Breaks a text between its words.</summary>
internal static class TextWrap
{
    /// <summary>The lines of a text, each of at most so many characters unless one word is longer.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        yield return line;
    }
}
