using System.Text.Json.Nodes;

namespace ScratchNet.Engine;

/// <summary>Losses as JSON, as they stand in model files.</summary>
public static class LossFormat
{
    /// <summary>Describes a loss.</summary>
    /// <param name="loss">The loss.</param>
    public static JsonObject Write(Loss loss)
    {
        var json = new JsonObject { ["type"] = loss.Kind };
        loss.Describe(json);
        return json;
    }

    /// <summary>Makes a loss from its description.</summary>
    /// <param name="json">The description.</param>
    /// <exception cref="FormatException">It describes no loss that there is; the message says what is wrong.</exception>
    public static Loss Read(JsonNode? json)
    {
        try
        {
            return (string?)json?["type"] switch
            {
                "softmax-cross-entropy" => new SoftmaxCrossEntropy(
                    (float)json["label_smoothing"]!, json["class_weights"]?.AsArray().Select(weight => (float)weight!).ToArray()),
                "binary-cross-entropy" => new BinaryCrossEntropy(),
                var other => throw new FormatException($"there is no loss of type '{other}'"),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException($"the loss is described as {json!.ToJsonString()}: {exception.Message}", exception);
        }
    }
}
