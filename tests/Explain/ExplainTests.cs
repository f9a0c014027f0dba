using System.Globalization;
using System.Text.Json;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Cli;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using Xunit;

namespace ScratchNet.Tests.Explain;

public sealed class ExplainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Backend _backend = new CpuBackend(1);

    public void Dispose()
    {
        _backend.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Activation.Relu, 0f)]
    [InlineData(Activation.Tanh, 0.1f)]
    [InlineData(Activation.Sigmoid, 0f)]
    public void Sums_and_products_are_what_the_engine_computed_and_gradients_are_what_differences_say(Activation activation, float smoothing)
    {
        var page = Explain(MakeModel(activation, smoothing), "--sample", "0");
        var (sums, gradients) = (0, 0);
        foreach (var line in Lines(page))
        {
            var (name, value) = (line.GetProperty("name").GetString(), line.GetProperty("value").GetDouble());
            double[] terms = [.. line.GetProperty("terms").EnumerateArray().Select(Product), line.GetProperty("rest").GetDouble()];
            if (terms.Length > 1)
            {
                var error = 3e-6 * Math.Max(Math.Abs(value), terms.Sum(Math.Abs));
                Assert.True(Math.Abs(terms.Sum() - value) <= error, $"{name}: {terms.Sum()} is not {value}");
                sums++;
            }

            if (line.GetProperty("gradient").GetBoolean() && line.GetProperty("numeric").ValueKind == JsonValueKind.Number)
            {
                Assert.Equal(line.GetProperty("numeric").GetDouble(), value, 1e-5);
                gradients++;
            }
        }

        Assert.True(sums > 15 && gradients > 25, $"{sums} sums and {gradients} gradients");
    }

    [Fact]
    public void The_weight_after_the_step_is_the_engines_to_the_bit()
    {
        var path = MakeModel(Activation.Relu, 0f);
        var page = Explain(path, "--sample", "2", "--weight", "2:3,7");
        using var model = TrainedModel.Load(_backend, path);
        using var optimizer = new Adam();
        using var metrics = new RunningMetrics(_backend);
        var test = BundledDigits.Load().Test;
        var input = Tensor.Allocate(_backend, 1, 784);
        input.CopyFrom(model.Format.Convert(test.Image(2)));
        using var labels = _backend.Allocate<byte>(1);
        labels.CopyFrom([test.Labels.Span[2]]);
        model.Network.TrainStep(input, labels.View, optimizer, metrics);
        var dense = (Dense)model.Network.Layers[1];
        var place = (3 * 10) + 7;
        Assert.Equal(dense.Weights.Values.ToArray()[place], Value(page, "w after"));
        Assert.Equal(dense.Weights.Gradients.ToArray()[place], Value(page, "dw[3,7]"));
        model.Network.EvaluateStep(input, labels.View, metrics);
        Assert.Equal(model.Network.Loss.Losses.ToArray()[0], Value(page, "L after"));
        input.View.Buffer.Dispose();
    }

    [Fact]
    public void The_text_shows_the_numbers_of_the_page()
    {
        var path = MakeModel(Activation.Relu, 0f);
        var text = InProcess.Run("explain", path, "--sample", "1", "--text");
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        var page = Explain(path, "--sample", "1");
        foreach (var line in Lines(page))
        {
            var shown = line.GetProperty("value").GetDouble().ToString("G6", CultureInfo.InvariantCulture);
            Assert.Contains(text.Out.Split('\n'), printed => printed.TrimStart().StartsWith($"{line.GetProperty("name").GetString()} = ", StringComparison.Ordinal)
                && printed.Contains($"= {shown}", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("--weight 1:784,0", "784x8")]
    [InlineData("--weight 3:0,0", "2 layers")]
    [InlineData("--weight 1;0,0", "LAYER:I,J")]
    [InlineData("--sample 100000", "--sample")]
    [InlineData("--sample 1 --label 3", "--label")]
    public void Wrong_usage_is_one_line(string args, string part) =>
        InProcess.Refuses(2, $"explain {MakeModel(Activation.Relu, 0f)} {args}", part);

    [Fact]
    public void A_picture_without_a_digit_and_a_damaged_model_are_told_in_one_line()
    {
        var blank = _folder.File("blank.bmp");
        Bitmap.Write(blank, new byte[30 * 30], 30, 30);
        InProcess.Refuses(1, $"explain {MakeModel(Activation.Relu, 0f)} --sample {blank}", "no digit");
        var damaged = _folder.File("damaged.safetensors");
        File.WriteAllBytes(damaged, new byte[40]);
        InProcess.Refuses(1, $"explain {damaged}", "damaged.safetensors");
    }

    private JsonElement Explain(string model, params string[] args)
    {
        var page = _folder.File("page.html");
        var result = InProcess.Run(["explain", model, "--output", page, .. args]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var html = File.ReadAllText(page);
        const string Opening = "<script type=\"application/json\" id=\"data\">";
        var start = html.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length;
        return JsonDocument.Parse(html[start..html.IndexOf("</script>", start, StringComparison.Ordinal)]).RootElement;
    }

    private string MakeModel(Activation activation, float smoothing)
    {
        var path = _folder.File("model.safetensors");
        using var network = new Network(_backend, 784, [new Dense(8, activation), new Dense(10)], new SoftmaxCrossEntropy(smoothing), seed: 5);
        TrainedModel.Of(network, BundledDigits.Load().Train).Save(path);
        return path;
    }

    private static IEnumerable<JsonElement> Lines(JsonElement page) =>
        page.GetProperty("steps").EnumerateArray().SelectMany(step => step.GetProperty("lines").EnumerateArray());

    private static float Value(JsonElement page, string name) =>
        (float)Lines(page).Last(line => line.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();

    private static double Product(JsonElement term) =>
        term.GetProperty("factors").EnumerateArray().Aggregate(1.0, (product, factor) => product * factor.GetDouble());
}
