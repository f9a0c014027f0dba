using System.CommandLine;
using ScratchNet.Cli.Explain;
using ScratchNet.Cli.Output;
using ScratchNet.Cli.Parsing;
using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet explain</c>: one sample's way through one training step, every number of it.</summary>
internal static class ExplainCommand
{
    private const string DefaultPage = "explain.html";

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "a model's file, a checkpoint, or a run's folder "
                + "[default: the newest run, or a network of the bundled digits]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var sample = CommonOptions.Text("--sample", "N|IMAGE",
            "a test picture's number from 0, or a picture's file [default: one that the network is unsure of]");
        var label = CommonOptions.Text("--label", "CLASS",
            "what a picture of your own shows [default: what the network takes it for]");
        var weight = CommonOptions.Text("--weight", "LAYER:I,J",
            "the weight to follow: layer from 1, input and output from 0 [default: the steepest of layer 1]");
        var output = CommonOptions.Path("--output", "FILE", $"the page [default: {DefaultPage}]");
        var text = CommonOptions.Flag("--text", "print the steps instead of writing a page");
        var json = CommonOptions.Json();
        var command = new ExampledCommand("explain",
            "Walks one sample through one training step of a network, with every number.",
            ("scratchnet explain runs/NAME --sample 3", $"a page to click through: {DefaultPage}"),
            ("scratchnet explain --sample 7.png --label 7 --weight 2:5,7",
                "your own picture; the weight from unit 5 to unit 7 of layer 2"),
            ("scratchnet explain --text", "the same in the terminal"))
        {
            model, sample, label, weight, output, text, json,
        };
        command.SetAction(parse =>
        {
            if (parse.GetValue(text) && (parse.GetValue(output) is not null || parse.GetValue(json)))
            {
                throw new UsageException("--text prints the steps and writes no page; leave it out, or --output and --json");
            }

            var chosen = parse.GetValue(weight) is { } words ? ReadWeight(words) : ((int, int, int)?)null;
            using var backend = Devices.Open("cpu", 1);
            using var subject = Subject.Load(backend, parse.GetValue(model), terminal);
            subject.Choose(parse.GetValue(sample), parse.GetValue(label), terminal);
            CheckWeight(subject.Network, chosen);
            var explanation = new Explanation(subject, chosen);
            if (parse.GetValue(text))
            {
                ExplainText.Write(explanation, subject, terminal.Out);
                return ExitCode.Success;
            }

            var page = parse.GetValue(output) ?? DefaultPage;
            ExplainPage.Write(explanation, subject, page);
            Tell(page, explanation, parse.GetValue(json), terminal);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Tell(string page, Explanation explanation, bool asJson, Terminal terminal)
    {
        if (!asJson)
        {
            terminal.Out.WriteLine(Terminal.OneLine(page));
            return;
        }

        JsonLine.Write(terminal.Out, json =>
        {
            json.WriteString("event", "explain");
            json.WriteString("page", page);
            json.WriteNumber("steps", explanation.Steps.Count);
            json.WriteFinite("loss", explanation.Trace.Sample.Loss);
            json.WriteFinite("loss_after", explanation.Trace.LossAfter);
        });
    }

    private static (int Layer, int Input, int Output) ReadWeight(string text)
    {
        var parts = text.Split(':', ',');
        var (colon, comma) = (text.IndexOf(':', StringComparison.Ordinal), text.IndexOf(',', StringComparison.Ordinal));
        return parts.Length == 3 && colon > 0 && colon < comma
            ? (Values.Whole("--weight: layer", parts[0], 0, int.MaxValue),
                Values.Whole("--weight: input", parts[1], 0, int.MaxValue),
                Values.Whole("--weight: output", parts[2], 0, int.MaxValue))
            : throw new UsageException($"--weight is '{text}', but must be LAYER:I,J, such as 1:355,12");
    }

    private static void CheckWeight(Network network, (int Layer, int Input, int Output)? weight)
    {
        if (weight is not { } chosen)
        {
            return;
        }

        Dense[] layers = [.. network.Layers.OfType<Dense>()];
        if (chosen.Layer < 1 || chosen.Layer > layers.Length)
        {
            throw new UsageException(
                $"--weight names layer {chosen.Layer}, but the network's layers with weights are 1 to {layers.Length}");
        }

        var layer = layers[chosen.Layer - 1];
        if (chosen.Input >= layer.Inputs || chosen.Output >= layer.Outputs)
        {
            throw new UsageException($"--weight is {chosen.Layer}:{chosen.Input},{chosen.Output}, but layer {chosen.Layer} is "
                + $"{layer.Inputs}x{layer.Outputs}: inputs 0 to {layer.Inputs - 1}, outputs 0 to {layer.Outputs - 1}");
        }
    }
}
