using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>A network as a plan, from which it can be built again and again, whole or with a fault.</summary>
public sealed class Blueprint
{
    private const float LargeFactor = 10;

    private readonly IReadOnlyList<JsonObject> _layers;
    private readonly JsonObject _loss;

    private Blueprint(int inputs, IReadOnlyList<JsonObject> layers, JsonObject loss, Fault fault) =>
        (Inputs, _layers, _loss, Fault) = (inputs, layers, loss, fault);

    /// <summary>Features of a sample.</summary>
    public int Inputs { get; }

    /// <summary>The fault that is built in.</summary>
    public Fault Fault { get; }

    /// <summary>Number of layers.</summary>
    public int Layers => _layers.Count;

    /// <summary>Units of the narrowest layer before the last; the largest number where there is none.</summary>
    internal int LeastWidth => _layers.SkipLast(1).Select(layer => (int?)layer["units"]).Min() ?? int.MaxValue;

    /// <summary>The plan of a network that is there.</summary>
    public static Blueprint Of(Network network) =>
        new(network.Inputs, [.. network.Layers.Select(LayerFormat.Write)], LossFormat.Write(network.Loss), Fault.None);

    /// <summary>The same plan with a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <exception cref="ArgumentException">The network has no part that could have it.</exception>
    public Blueprint With(Fault fault)
    {
        var isSoftmax = (string?)_loss["type"] == "softmax-cross-entropy";
        return isSoftmax || !FaultySoftmax.Has(fault)
            ? new Blueprint(Inputs, _layers, _loss, fault)
            : throw new ArgumentException($"{fault} is a fault of softmax, which this network does not end in.");
    }

    /// <summary>Builds the network with fresh weights.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <param name="dropout">Whether with its dropout layers.</param>
    public Network Build(Backend backend, ulong seed = 1, bool dropout = true)
    {
        var layers = _layers.Where(layer => dropout || (string?)layer["type"] != "dropout").Select(layer => Make(layer, null));
        var network = new Network(backend, Inputs, [.. layers], MakeLoss(), seed);
        if (Fault is Fault.ZeroWeights or Fault.LargeWeights)
        {
            var factor = Fault == Fault.ZeroWeights ? 0 : LargeFactor;
            network.SetWeights(Array.ConvertAll(network.CopyWeights(), weight => factor * weight));
        }

        return network;
    }

    /// <summary>One layer of the plan by itself, small, and asked for the gradient of its input.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="layer">Which one.</param>
    /// <param name="inputs">Features of a sample.</param>
    /// <param name="units">Outputs, where the layer can have any number.</param>
    internal Network BuildLayer(Backend backend, int layer, int inputs, int units) =>
        new(backend, inputs, [Make(_layers[layer], units)], null, seed: 3, inputGradients: true);

    /// <summary>Makes the loss.</summary>
    internal Loss MakeLoss() => FaultySoftmax.Has(Fault) ? new FaultySoftmax(Fault) : LossFormat.Read(_loss);

    /// <summary>Makes Adam.</summary>
    /// <param name="learningRate">Its rate.</param>
    public Optimizer MakeAdam(float learningRate) =>
        Fault == Fault.AdamNoBiasCorrection ? new FaultyAdam(learningRate) : new Adam(learningRate);

    private Layer Make(JsonObject json, int? units)
    {
        if ((string?)json["type"] != "dense")
        {
            return LayerFormat.Read(json);
        }

        var activation = LayerFormat.ParseActivation((string?)json["activation"]);
        var initializer = Initializer.Named((string)json["initializer"]!);
        var outputs = units ?? (int)json["units"]!;
        return FaultyDense.Has(Fault)
            ? new FaultyDense(Fault, outputs, activation, initializer)
            : new Dense(outputs, activation, initializer);
    }
}
