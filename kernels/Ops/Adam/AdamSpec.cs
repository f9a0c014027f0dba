namespace ScratchNet.Kernels;

/// <summary>
/// Arguments of one step of Adam (Kingma and Ba, "Adam", ICLR 2015, algorithm 1) or, with decoupled decay, AdamW
/// (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2).
/// </summary>
/// <param name="W">Parameters; updated.</param>
/// <param name="G">Their gradients.</param>
/// <param name="FirstMoment">Running mean m of the gradients; updated.</param>
/// <param name="SecondMoment">Running mean v of their squares; updated.</param>
/// <param name="Count">Number of parameters.</param>
/// <param name="Step">Which step this is, from 1: the t of the bias corrections.</param>
/// <param name="LearningRate">The rate alpha.</param>
/// <param name="Beta1">Decay of m, in [0, 1).</param>
/// <param name="Beta2">Decay of v, in [0, 1).</param>
/// <param name="Epsilon">Added to the root of v after its bias correction.</param>
/// <param name="WeightDecay">Added as decay·w to the gradient, or, when decoupled, w shrinks by rate·decay·w.</param>
/// <param name="Decoupled">Whether the decay is decoupled: AdamW.</param>
public readonly record struct AdamCall(
    BufferView<float> W,
    BufferView<float> G,
    BufferView<float> FirstMoment,
    BufferView<float> SecondMoment,
    int Count,
    long Step,
    float LearningRate = 1e-3f,
    float Beta1 = 0.9f,
    float Beta2 = 0.999f,
    float Epsilon = 1e-8f,
    float WeightDecay = 0f,
    bool Decoupled = false) : IOperationCall
{
    /// <summary>rate/(1 - beta1^t): the rate with the bias correction of m folded in; computed in double precision.</summary>
    public float StepSize => (float)(LearningRate / (1 - Math.Pow(Beta1, Step)));

    /// <summary>1/sqrt(1 - beta2^t): what sqrt(v) is multiplied by for its bias correction.</summary>
    public float RootScale => (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, Step)));

    /// <summary>The decay that is added to the gradient.</summary>
    public float CoupledDecay => Decoupled ? 0f : WeightDecay;

    /// <summary>What w is multiplied by before the step: 1 unless the decay is decoupled.</summary>
    public float Shrink => Decoupled ? 1f - (LearningRate * WeightDecay) : 1f;

    /// <inheritdoc/>
    public long Flops => 14L * Count;

    /// <inheritdoc/>
    public Traffic Traffic => new(sizeof(float) * (long)Count, Updated: 3L * sizeof(float) * Count);

    /// <inheritdoc/>
    public string Shape => $"{Count}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = AdamSpec.Name;
        Check.Positive(Name, Count);
        Check.InUnit(Name, Beta1);
        Check.InUnit(Name, Beta2);
        if (Step < 1)
        {
            throw new ArgumentException($"{Name}: Step is {Step}; steps are counted from 1.");
        }

        Check.Holds(Name, W, Count);
        Check.Holds(Name, G, Count);
        Check.Holds(Name, FirstMoment, Count);
        Check.Holds(Name, SecondMoment, Count);
    }
}

/// <summary>Adam and AdamW, one fused pass over parameters, gradients and both moments.</summary>
public static class AdamSpec
{
    internal const string Name = "adam";

    /// <summary>The operation and its variants.</summary>
    public static Operation<AdamCall> Operation { get; } = new(
        Name,
        "m = b1·m + (1-b1)·g; v = b2·v + (1-b2)·g²; w = w - rate·(m/(1-b1^t))/(sqrt(v/(1-b2^t)) + eps)",
        [
            new("reference", "plain loops", AdamReference.Run),
            new("simd", "one fused pass, sixteen parameters at a time", AdamSimd.Run),
            new("element-per-thread", "one thread a parameter", AdamGpu.Run, () => [AdamGpu.Kernel]),
        ]);
}
