namespace ScratchNet.Engine;

/// <summary>
/// Mistakes that people make when they write backpropagation, to be put into a network on purpose: to see which check finds
/// each, and as negative controls of the checks themselves. The engine's own code knows nothing of them: a network with a fault
/// is built of other parts.
/// </summary>
public enum Fault
{
    /// <summary>No mistake.</summary>
    None,

    /// <summary>dx = dz·W instead of dz·Wᵀ.</summary>
    MissingTranspose,

    /// <summary>The activation's derivative is looked up in dy instead of y.</summary>
    WrongActivationMask,

    /// <summary>db is the first row of dz instead of the sum of its rows.</summary>
    BiasNotSummed,

    /// <summary>dW is added to what the step before left there.</summary>
    GradientsNotCleared,

    /// <summary>The gradient is that of the sum over the batch; the loss is the mean.</summary>
    NoBatchMean,

    /// <summary>Softmax takes exponentials of the scores as they are, without subtracting the largest.</summary>
    SoftmaxNoMax,

    /// <summary>Adam's moments are used without dividing them by 1 - beta^t.</summary>
    AdamNoBiasCorrection,

    /// <summary>Every weight begins at zero.</summary>
    ZeroWeights,

    /// <summary>Weights begin ten times too large.</summary>
    LargeWeights,
}
