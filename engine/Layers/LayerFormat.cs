using System.Text.Json.Nodes;
using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>Layers as JSON, as they stand in model files: <c>{"type":"dense","units":128,"activation":"relu"}</c>.</summary>
public static class LayerFormat
{
    /// <summary>Describes a layer.</summary>
    /// <param name="layer">The layer.</param>
    public static JsonObject Write(Layer layer)
    {
        var json = new JsonObject { ["type"] = layer.Kind };
        layer.Describe(json);
        return json;
    }

    /// <summary>Makes a layer from its description.</summary>
    /// <param name="json">The description.</param>
    /// <exception cref="FormatException">It describes no layer that there is; the message says what is wrong.</exception>
    public static Layer Read(JsonNode? json)
    {
        try
        {
            return (string?)json?["type"] switch
            {
                "dense" => new Dense((int)json["units"]!, ActivationIn(json), Initializer.Named((string)json["initializer"]!)),
                "activation" => new ActivationLayer(ActivationIn(json)),
                "dropout" => new Dropout((float)json["rate"]!),
                var other => throw new FormatException($"there is no layer of type '{other}'"),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException($"a layer is described as {json!.ToJsonString()}: {exception.Message}", exception);
        }
    }

    /// <summary>The activation of a given name.</summary>
    /// <param name="name">One of <c>none</c>, <c>relu</c>, <c>sigmoid</c>, <c>tanh</c>.</param>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static Activation ParseActivation(string? name) => name switch
    {
        "none" => Activation.None,
        "relu" => Activation.Relu,
        "sigmoid" => Activation.Sigmoid,
        "tanh" => Activation.Tanh,
        _ => throw new FormatException($"there is no activation '{name}'; there are none, relu, sigmoid and tanh"),
    };

    private static Activation ActivationIn(JsonNode json) => ParseActivation((string?)json["activation"]);
}
