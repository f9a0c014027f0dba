using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchNet.Engine;
using ScratchNet.Engine.Files;
using ScratchNet.Kernels;
using ScratchNet.Training.Data;

namespace ScratchNet.Training;

/// <summary>A network together with all that is needed to use it: how pictures become inputs, what the classes are called, what
/// it was trained on.</summary>
/// <param name="Network">The network; disposed with the model.</param>
/// <param name="Format">How pictures become inputs.</param>
/// <param name="ClassNames">Names of the classes.</param>
/// <param name="DatasetName">Name of the data set that it was trained on.</param>
/// <param name="DatasetFingerprint">The training samples' <see cref="Dataset.Fingerprint"/>; null when the file does not say.
/// </param>
public sealed record TrainedModel(
    Network Network, InputFormat Format, IReadOnlyList<string> ClassNames, string DatasetName, string? DatasetFingerprint) : IDisposable
{
    private const string PreprocessingKey = "preprocessing";
    private const string ClassesKey = "classes";
    private const string DatasetKey = "dataset";
    private const string FingerprintKey = "dataset_xxh128";

    /// <summary>A model of a network that was trained on a data set.</summary>
    /// <param name="network">The network.</param>
    /// <param name="dataset">The whole training part of the data set, before a validation part was split off.</param>
    /// <param name="format">How pictures become inputs; left out, pixels from 0 to 1.</param>
    /// <exception cref="ShapeException">The network has not one input a pixel, or not one class a class of the data.</exception>
    public static TrainedModel Of(Network network, Dataset dataset, InputFormat? format = null)
    {
        format ??= InputFormat.For(dataset);
        CheckFit(network, format, dataset.ClassNames.Count);
        return new(network, format, dataset.ClassNames, dataset.Name, dataset.Fingerprint);
    }

    /// <summary>Saves the model as a safetensors file.</summary>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <exception cref="IOException">The file cannot be written; an older one of that name stands.</exception>
    public void Save(string path) => NetworkFile.Save(Network, path, Describe());

    /// <summary>Loads a model.</summary>
    /// <param name="backend">Where it shall live.</param>
    /// <param name="path">The file: a model or a checkpoint.</param>
    /// <exception cref="ModelFileException">The file is damaged, or holds no model.</exception>
    public static TrainedModel Load(Backend backend, string path) => Build(backend, SafetensorsFile.Read(path), path);

    /// <summary>Measures the model on a data set.</summary>
    /// <param name="dataset">What to measure on.</param>
    /// <exception cref="ShapeException">The pictures have another size, or more classes.</exception>
    public EvaluationResult Evaluate(Dataset dataset) => Network.Evaluate(dataset, Format);

    /// <summary>Probabilities of the classes of a picture.</summary>
    /// <param name="pixels">The picture's bytes, row by row, height x width of <see cref="Format"/>.</param>
    /// <returns>One probability a class.</returns>
    /// <exception cref="ShapeException">The picture has another size.</exception>
    public float[] Predict(ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != Format.Features)
        {
            throw new ShapeException($"The model takes pictures of {Format.Height}x{Format.Width} = {Format.Features} pixels, "
                + $"but {pixels.Length} were given.");
        }

        var probabilities = Network.Predict(Format.Convert(pixels));
        return probabilities.Length == 1 ? [1f - probabilities[0], probabilities[0]] : probabilities;
    }

    /// <summary>Gives the network's memory back.</summary>
    public void Dispose() => Network.Dispose();

    internal static TrainedModel Build(Backend backend, SafetensorsFile file, string path)
    {
        var network = NetworkFile.Build(backend, file, path);
        if (!file.Metadata.ContainsKey(PreprocessingKey))
        {
            network.Dispose();
            throw new ModelFileException($"{path}: holds a network, but does not say how pictures become its inputs. "
                + "Save it as a TrainedModel, or load it as a network alone (NetworkFile.Load).");
        }

        try
        {
            var format = InputFormat.FromJson(JsonNode.Parse(file.Text(PreprocessingKey)));
            string[] classes = [.. JsonNode.Parse(file.Text(ClassesKey))!.AsArray().Select(name => (string)name!)];
            CheckFit(network, format, classes.Length);
            return new TrainedModel(
                network, format, classes, file.Text(DatasetKey), file.Metadata.GetValueOrDefault(FingerprintKey));
        }
        catch (Exception exception)
        {
            network.Dispose();
            if (exception is JsonException or FormatException or ShapeException or InvalidOperationException
                or NullReferenceException)
            {
                throw new ModelFileException($"{path}: its metadata describes no model: {exception.Message}", exception);
            }

            throw;
        }
    }

    private static void CheckFit(Network network, InputFormat format, int classes)
    {
        if (format.Features != network.Inputs || classes != network.Classes)
        {
            throw new ShapeException($"pictures of {format.Height}x{format.Width} and {classes} classes do not suit "
                + $"a network of {network.Inputs} inputs and {network.Classes} classes");
        }
    }

    internal IEnumerable<KeyValuePair<string, string>> Describe() =>
    [
        new(PreprocessingKey, Format.ToJson().ToJsonString()),
        new(ClassesKey, new JsonArray([.. ClassNames.Select(name => (JsonNode)name)]).ToJsonString()),
        new(DatasetKey, DatasetName),
        .. DatasetFingerprint is null ? [] : new KeyValuePair<string, string>[] { new(FingerprintKey, DatasetFingerprint) },
    ];
}
