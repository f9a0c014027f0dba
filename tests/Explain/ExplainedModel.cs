using System.Text.Json;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Cli;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Explain;

/// <summary>A small model of digits in a folder of its own, and what <c>explain</c> makes of it.</summary>
internal sealed class ExplainedModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Backend Backend { get; } = new CpuBackend(1);

    /// <summary>The model's file, once <see cref="Make"/> has made it.</summary>
    public string Path => _folder.File("model.safetensors");

    /// <summary>The page, once <see cref="Write"/> has written it.</summary>
    public string Page => _folder.File("page.html");

    public string File(string name) => _folder.File(name);

    /// <summary>Saves a model of 784-8-10 with random weights.</summary>
    public ExplainedModel Make(Activation activation = Activation.Relu, float smoothing = 0f) =>
        MakeOf([new Dense(8, activation), new Dense(10)], new SoftmaxCrossEntropy(smoothing));

    /// <summary>Saves a model of layers with random weights.</summary>
    public ExplainedModel MakeOf(Layer[] layers, Loss loss)
    {
        using var network = new Network(Backend, 784, layers, loss, seed: 5);
        TrainedModel.Of(network, BundledDigits.Load().Train).Save(Path);
        return this;
    }

    /// <summary>Saves a yes-or-no model of 784-8-1 with random weights.</summary>
    public ExplainedModel MakeYesOrNo()
    {
        using var network = new Network(Backend, 784,
            [new Dense(8, Activation.Tanh), new Dense(1, Activation.Sigmoid)], new BinaryCrossEntropy(), seed: 5);
        var digits = BundledDigits.Load().Train;
        new TrainedModel(network, InputFormat.For(digits), ["no", "yes"], "mine", digits.Fingerprint).Save(Path);
        return this;
    }

    /// <summary>Writes the page of the model.</summary>
    public ExplainedModel Write(params string[] args)
    {
        var result = InProcess.Run(["explain", Path, "--output", Page, .. args]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return this;
    }

    /// <summary>Writes the page and reads it.</summary>
    public JsonElement Explain(params string[] args) => Write(args).Read();

    /// <summary>The numbers that stand in the page.</summary>
    public JsonElement Read()
    {
        var html = System.IO.File.ReadAllText(Page);
        const string Opening = "<script type=\"application/json\" id=\"data\">";
        var start = html.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length;
        return JsonDocument.Parse(html[start..html.IndexOf("</script>", start, StringComparison.Ordinal)]).RootElement;
    }

    /// <summary>Makes the step on a test picture with the engine, without explain.</summary>
    /// <returns>The network after it; its gradients are those of the step, its loss that after the step.</returns>
    public TrainedModel Step(int sample, Optimizer optimizer)
    {
        var model = TrainedModel.Load(Backend, Path);
        var test = BundledDigits.Load().Test;
        using var metrics = new RunningMetrics(Backend);
        using var labels = Backend.Share([test.Labels.Span[sample]]);
        var input = Tensor.Allocate(Backend, 1, 784);
        input.CopyFrom(model.Format.Convert(test.Image(sample)));
        model.Network.TrainStep(input, labels.View, optimizer, metrics);
        model.Network.EvaluateStep(input, labels.View, metrics);
        input.View.Buffer.Dispose();
        return model;
    }

    public static IEnumerable<JsonElement> Lines(JsonElement page) =>
        page.GetProperty("steps").EnumerateArray().SelectMany(step => step.GetProperty("lines").EnumerateArray());

    public static double Value(JsonElement page, string name) =>
        Lines(page).Last(line => line.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();

    public void Dispose()
    {
        Backend.Dispose();
        _folder.Dispose();
    }
}
