namespace ScratchNet.Cli.Explain;

/// <summary>What of the walk depends on the loss that the network ends in: its equations, in symbols and with numbers.</summary>
internal abstract class LossStory
{
    /// <summary>What the last layer's y are.</summary>
    public abstract string ScoreWords { get; }

    /// <summary>How the loss comes about.</summary>
    public abstract string Words { get; }

    /// <summary>That in symbols.</summary>
    public abstract IReadOnlyList<string> Forward { get; }

    /// <summary>The probabilities, and the loss as a sum.</summary>
    public abstract IEnumerable<Line> Lines { get; }

    /// <summary>What is special about the gradient.</summary>
    public abstract string BackwardWords { get; }

    /// <summary>The gradient of the scores in symbols, with the forward line that it follows from.</summary>
    public abstract IReadOnlyList<string> Backward { get; }

    /// <summary>What the probability of the right class is called.</summary>
    public abstract string RightName { get; }

    /// <summary>That probability.</summary>
    /// <param name="probabilities">As the network's loss gives them, 1 x outputs.</param>
    public abstract double Right(float[] probabilities);

    /// <summary>The gradient of a score, with numbers.</summary>
    public abstract string Gradient(int j);

    /// <summary>The story of the loss of a network.</summary>
    public static LossStory Of(Explanation walk) => walk.Subject.Network.Loss is Engine.SoftmaxCrossEntropy loss
        ? new SoftmaxStory(walk, loss)
        : new BinaryStory(walk);
}
