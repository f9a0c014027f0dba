using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// How the weights of a layer begin. Uniform in ± limit, with the limit chosen so that activations (forward) and gradients
/// (backward) neither grow nor fade from layer to layer.
/// </summary>
/// <param name="name">What it is called.</param>
/// <param name="limit">The limit, as a function of inputs and outputs.</param>
public sealed class Initializer(string name, Func<int, int, double> limit)
{
    /// <summary>
    /// For layers followed by ReLU: limit sqrt(6/inputs), a variance of 2/inputs
    /// (He et al., "Delving Deep into Rectifiers", ICCV 2015, equation 10).
    /// </summary>
    public static Initializer He { get; } = new("he", (inputs, _) => Math.Sqrt(6.0 / inputs));

    /// <summary>
    /// For linear, sigmoid and tanh layers: limit sqrt(6/(inputs + outputs))
    /// (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, equation
    /// 16).
    /// </summary>
    public static Initializer Glorot { get; } = new("glorot", (inputs, outputs) => Math.Sqrt(6.0 / (inputs + outputs)));

    /// <summary>All zeros: biases.</summary>
    public static Initializer Zeros { get; } = new("zeros", (_, _) => 0);

    /// <summary>What it is called in model files.</summary>
    public string Name { get; } = name;

    /// <summary>The initializer that suits an activation.</summary>
    /// <param name="activation">What follows the weights.</param>
    public static Initializer For(Activation activation) => activation == Activation.Relu ? He : Glorot;

    /// <summary>The initializer with a given name.</summary>
    /// <param name="name">One of <c>he</c>, <c>glorot</c>, <c>zeros</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Initializer Named(string name) =>
        new[] { He, Glorot, Zeros }.FirstOrDefault(known => known.Name == name)
        ?? throw new ArgumentException($"There is no initializer '{name}'; there are he, glorot and zeros.");

    /// <summary>Draws values: element i takes word i % 4 of <c>Philox.At(seed, Weights, stream, 0, i / 4)</c>.</summary>
    internal void Fill(Span<float> values, int inputs, int outputs, ulong seed, int stream)
    {
        var width = (float)(2 * limit(inputs, outputs));
        for (var i = 0; i < values.Length; i += 4)
        {
            var words = Philox.At(seed, RandomPurpose.Weights, stream, 0, (ulong)(i / 4));
            Put(values, i, words.X, width);
            Put(values, i + 1, words.Y, width);
            Put(values, i + 2, words.Z, width);
            Put(values, i + 3, words.W, width);
        }
    }

    private static void Put(Span<float> values, int i, uint word, float width)
    {
        if (i < values.Length)
        {
            values[i] = (Philox.ToUnit(word) - 0.5f) * width;
        }
    }
}
