namespace ScratchNet.Cli.Explain;

/// <summary>A product in a sum, such as <c>x[3]·w[3,1]</c>.</summary>
/// <param name="Name">Its factors' names.</param>
/// <param name="Factors">Their values.</param>
internal sealed record Term(string Name, params double[] Factors)
{
    /// <summary>The product, in double precision.</summary>
    public double Value => Factors.Aggregate((a, b) => a * b);
}

/// <summary>A computed number with its equation, this sample's numbers filled in.</summary>
/// <param name="Name">What it is, such as <c>z[1]</c>.</param>
/// <param name="Value">What the engine computed.</param>
/// <param name="Filled">The right side as text; empty where terms say it.</param>
internal sealed record Line(string Name, double Value, string Filled = "")
{
    /// <summary>What is added up: the terms that matter most.</summary>
    public IReadOnlyList<Term> Terms { get; init; } = [];

    /// <summary>The sum of all other terms.</summary>
    public double Rest { get; init; }

    /// <summary>How many others there are.</summary>
    public int RestCount { get; init; }

    /// <summary>The same by central differences; null for what is no gradient; not a number at a corner.</summary>
    public double? Numeric { get; init; }

    /// <summary>A sum of products, of which the largest are kept.</summary>
    public static Line Sum(string name, double value, IEnumerable<Term> terms, int most)
    {
        var ordered = terms.OrderByDescending(term => Math.Abs(term.Value)).ToArray();
        return new Line(name, value)
        {
            Terms = ordered[..Math.Min(most, ordered.Length)],
            Rest = ordered.Skip(most).Sum(term => term.Value),
            RestCount = Math.Max(0, ordered.Length - most),
        };
    }
}

/// <summary>Numbers to look at as a picture.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Width">In a row.</param>
/// <param name="Values">The numbers, row by row.</param>
internal sealed record Picture(string Name, int Width, IReadOnlyList<float> Values);

/// <summary>Where a step stands in the network, which is how a reader finds it.</summary>
/// <param name="Part">forward, backward or weight.</param>
/// <param name="Column">0 for the sample, then the layers, then the loss.</param>
/// <param name="Label">What is computed there, in a word or two.</param>
internal sealed record Place(string Part, int Column, string Label);

/// <summary>A step of the walk through a training step.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Title">What happens.</param>
/// <param name="Words">Why, in a sentence or two.</param>
/// <param name="Equations">In symbols: for a gradient the forward line first, then what follows from it.</param>
/// <param name="Lines">The equations with numbers.</param>
/// <param name="Pictures">What can be seen; all on one scale.</param>
internal sealed record Step(
    Place Place, string Title, string Words, IReadOnlyList<string> Equations, IReadOnlyList<Line> Lines,
    IReadOnlyList<Picture> Pictures);

/// <summary>Something to know about what is shown: where it comes from, or what had to be assumed.</summary>
/// <param name="About">What it is about, in a word.</param>
/// <param name="Text">A sentence or two.</param>
internal sealed record Note(string About, string Text);
