using System.Globalization;
using System.Text.Json;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Tests.Cli;
using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Explain;

public sealed class ExplainTests : IDisposable
{
    private readonly ExplainedModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(Activation.Relu, 0f)]
    [InlineData(Activation.Tanh, 0.1f)]
    [InlineData(Activation.Sigmoid, 0f)]
    public void Sums_and_products_are_what_the_engine_computed_and_gradients_are_what_differences_say(
        Activation activation, float smoothing)
    {
        var page = _model.Make(activation, smoothing).Explain("--sample", "0");
        var (sums, gradients) = (0, 0);
        foreach (var line in ExplainedModel.Lines(page))
        {
            var (name, value) = (line.GetProperty("name").GetString(), line.GetProperty("value").GetDouble());
            double[] terms =
                [.. line.GetProperty("terms").EnumerateArray().Select(Product), line.GetProperty("rest").GetDouble()];
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
    public void Every_gradient_has_a_numeric_one_beside_it()
    {
        var page = _model.Make(Activation.Tanh).Explain("--sample", "0");
        string[] gradients = ["dy", "dz", "db", "dw", "dx"];
        var lines = ExplainedModel.Lines(page)
            .Where(line => gradients.Contains(line.GetProperty("name").GetString()!.Split('[')[0])).ToList();
        Assert.Equal(5, lines.Select(line => line.GetProperty("name").GetString()!.Split('[')[0]).Distinct().Count());
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Number, line.GetProperty("numeric").ValueKind));
    }

    [Fact]
    public void The_weight_after_the_step_is_the_engines_to_the_bit()
    {
        var page = _model.Make().Explain("--sample", "2", "--weight", "2:3,7");
        using var optimizer = new Adam();
        using var model = _model.Step(2, optimizer);
        var dense = (Dense)model.Network.Layers[1];
        var place = (3 * 10) + 7;
        Assert.Equal(dense.Weights.Values.ToArray()[place], (float)ExplainedModel.Value(page, "w after"));
        Assert.Equal(dense.Weights.Gradients.ToArray()[place], (float)ExplainedModel.Value(page, "dw[3,7]"));
        Assert.Equal(model.Network.Loss.Losses.ToArray()[0], (float)ExplainedModel.Value(page, "L after"));
    }

    [Fact]
    public void The_change_that_the_gradients_foretell_is_that_of_a_small_step()
    {
        // A finer step than adam's own: with a rate this small the loss is as good as straight.
        _model.Make(Activation.Tanh);
        using var optimizer = new Adam(1e-6f);
        using var model = TrainedModel.Load(_model.Backend, _model.Path);
        var trace = StepTrace.Run(model.Network, optimizer, new float[784].Select((_, i) => i % 7 / 7f).ToArray(), 3);
        Assert.True(trace.ForetoldChange < -1e-5);
        Assert.Equal(trace.ForetoldChange, trace.LossAfter - trace.Sample.Loss, 0.03 * Math.Abs(trace.ForetoldChange));
        Assert.True(trace.ProbabilitiesAfter[3] > trace.Probabilities[3]);
    }

    [Fact]
    public void The_text_shows_the_numbers_of_the_page()
    {
        var text = InProcess.Run("explain", _model.Make().Path, "--sample", "1", "--text");
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        var page = _model.Explain("--sample", "1");
        foreach (var line in ExplainedModel.Lines(page))
        {
            var shown = line.GetProperty("value").GetDouble().ToString("G6", CultureInfo.InvariantCulture);
            var name = line.GetProperty("name").GetString();
            Assert.Contains(text.Out.Split('\n'), printed =>
                printed.TrimStart().StartsWith($"{name} = ", StringComparison.Ordinal)
                && printed.Contains($"= {shown}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_model_alone_says_what_was_assumed_of_its_optimizer()
    {
        var page = _model.Make().Explain("--sample", "1");
        Assert.Contains(page.GetProperty("notes").EnumerateArray(), note => note[0].GetString() == "optimizer"
            && note[1].GetString()!.Contains("Assumed is the first step of a fresh adam", StringComparison.Ordinal));
        Assert.Equal(0.001f, (float)ExplainedModel.Value(page, "rate"));
    }

    [Theory]
    [InlineData("--weight 1:784,0", "784x8")]
    [InlineData("--weight 3:0,0", "1 to 2")]
    [InlineData("--weight 0:0,0", "1 to 2")]
    [InlineData("--weight 1;0,0", "LAYER:I,J")]
    [InlineData("--sample 100000", "--sample")]
    [InlineData("--sample 1 --label 3", "--label")]
    [InlineData("--text --output x.html", "--text")]
    public void Wrong_usage_is_one_line(string args, string part) =>
        InProcess.Refuses(2, $"explain {_model.Make().Path} {args}", part);

    [Fact]
    public void A_picture_without_a_digit_a_damaged_model_and_a_missing_one_are_told_in_one_line()
    {
        var blank = _model.File("blank.bmp");
        Bitmap.Write(blank, new byte[30 * 30], 30, 30);
        InProcess.Refuses(1, $"explain {_model.Make().Path} --sample {blank}",
            "no digit found", "seen: 30x30 pixels, greys from 0 to 0");
        var damaged = _model.File("damaged.safetensors");
        File.WriteAllBytes(damaged, new byte[40]);
        InProcess.Refuses(1, $"explain {damaged}", "damaged.safetensors");
        InProcess.Refuses(1, $"explain {_model.File("missing.safetensors")}", "missing.safetensors");
        File.WriteAllText(_model.File("notes.txt"), "no model at all");
        InProcess.Refuses(1, $"explain {_model.File("notes.txt")}", "notes.txt");
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("gradcheck")]
    [InlineData("studio --no-browser --device cpu")]
    public void A_folder_without_a_run_is_told_as_that_with_the_newest_run_in_it(string command)
    {
        var folder = Path.GetDirectoryName(_model.File("x"))!;
        InProcess.Refuses(1, $"{command} {folder}", $"{folder}: holds no run", $"train one: scratchnet train --run {folder}");
        Directory.CreateDirectory(_model.File("mine"));
        File.Move(_model.Make().Path, _model.File("mine/model.safetensors"));
        InProcess.Refuses(1, $"{command} {folder}", $"give one of the runs in it, such as {_model.File("mine")}");
    }

    /// <summary>Dropout of the pixels, between layers, and one that drops nothing.</summary>
    [Fact]
    public void Dropout_is_walked_through_with_the_mask_that_training_draws()
    {
        _model.MakeOf(
            [new Dropout(0.3f), new Dense(20, Activation.Relu), new Dropout(0.5f), new Dropout(0), new Dense(10)],
            new SoftmaxCrossEntropy());
        var page = _model.Explain("--sample", "2", "--weight", "1:406,3");
        using var optimizer = new Adam();
        using var model = _model.Step(2, optimizer);
        var first = (Dense)model.Network.Layers[1];
        Assert.Equal(first.Weights.Gradients.ToArray()[(406 * 20) + 3], (float)ExplainedModel.Value(page, "dw[406,3]"));
        Assert.Equal(first.Weights.Values.ToArray()[(406 * 20) + 3], (float)ExplainedModel.Value(page, "w after"));

        // A value is dropped or made larger; what was dropped gets no gradient, and every gradient is what differences say.
        Assert.Equal(6, page.GetProperty("steps").EnumerateArray()
            .Count(step => step.GetProperty("title").GetString()!.StartsWith("Dropout ", StringComparison.Ordinal)));
        var lines = ExplainedModel.Lines(page).ToList();
        var factors = lines.SelectMany(line => line.GetProperty("terms").EnumerateArray())
            .Where(term => term.GetProperty("name").GetString()!.StartsWith("dy[", StringComparison.Ordinal))
            .Select(term => term.GetProperty("factors")[1].GetSingle()).Distinct().Order();
        Assert.Equal([0f, 1f, 2f], factors.Where(factor => factor is 0 or 1 or 2));
        Assert.All(lines.Where(line => line.GetProperty("gradient").GetBoolean()
            && line.GetProperty("numeric").ValueKind == JsonValueKind.Number), line => Assert.Equal(
            line.GetProperty("numeric").GetDouble(), line.GetProperty("value").GetDouble(), 1e-5));
        Assert.Equal(["dropout", "layer 1", "dropout", "dropout", "layer 2"],
            page.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData("yes", 1)]
    [InlineData("no", 0)]
    public void A_yes_or_no_network_is_walked_through_by_its_own_loss(string label, int t)
    {
        var picture = _model.File("bar.bmp");
        var pixels = new byte[30 * 30];
        for (var row = 5; row < 25; row++)
        {
            pixels.AsSpan((row * 30) + 13, 4).Fill(255);
        }

        Bitmap.Write(picture, pixels, 30, 30);
        var page = _model.MakeYesOrNo().Explain("--sample", picture, "--label", label);
        var (p, score) = (ExplainedModel.Value(page, "p"), ExplainedModel.Value(page, "dy[0]"));
        Assert.Equal(p - t, score, 1e-6);
        Assert.Equal(-Math.Log(t == 1 ? p : 1 - p), ExplainedModel.Value(page, "L"), 1e-6);
        Assert.Equal(ExplainedModel.Value(page, "L before"), ExplainedModel.Value(page, "L"));
        Assert.Equal(t == 1 ? p : 1 - p, ExplainedModel.Value(page, $"{(t == 1 ? "p" : "1 - p")} before"), 1e-6);
        Assert.True(ExplainedModel.Value(page, "L after") < ExplainedModel.Value(page, "L before"));
        Assert.All(ExplainedModel.Lines(page).Where(line => line.GetProperty("gradient").GetBoolean()), line => Assert.Equal(
            line.GetProperty("numeric").GetDouble(), line.GetProperty("value").GetDouble(), 1e-5));
        InProcess.Refuses(2, $"gradcheck {_model.Path} --inject-bug softmax-no-max", "a fault of softmax");
    }

    private static double Product(JsonElement term) =>
        term.GetProperty("factors").EnumerateArray().Aggregate(1.0, (product, factor) => product * factor.GetDouble());
}
