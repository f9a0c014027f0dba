namespace ScratchNet.Cli.Parsing;

/// <summary>Finds what a person probably meant to type.</summary>
internal static class Nearest
{
    /// <summary>The known word nearest to a misspelt one; null when none is near.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        // A typo or two in short words, more in long ones; beyond that a suggestion would only puzzle.
        var limit = Math.Max(2, word.TrimStart('-').Length / 3);
        return known.Select(candidate => (Candidate: candidate, Distance: Distance(word, candidate)))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Candidate)
            .FirstOrDefault();
    }

    /// <summary>
    /// Edits that turn one word into another: inserting, deleting, replacing a letter, or swapping two neighbours (the
    /// restricted Damerau-Levenshtein distance).
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var replaced = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replaced, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
