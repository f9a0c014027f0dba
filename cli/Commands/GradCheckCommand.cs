using System.CommandLine;
using ScratchNet.Cli.Checks;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet gradcheck</c>: whether a network's arithmetic is right, or which check finds a planted fault.</summary>
internal static class GradCheckCommand
{
    private const int Inputs = 784;
    private const int Classes = 10;
    private const int MaxUnits = 65_536;

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "a model's file or a run's folder, checked at its weights [default: a fresh network]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var hidden = CommonOptions.Text("--hidden", "N,N,...",
            "units of the fresh network's hidden layers, or none [default: 32,16]");
        var activation = CommonOptions.Text("--activation", "NAME", "relu, sigmoid or tanh [default: relu]");
        var bug = CommonOptions.Text("--inject-bug", "NAME",
            $"plant a fault: the number of a lesson (see 'scratchnet lessons'), or {Lessons.Names}");
        var all = CommonOptions.Flag("--all",
            "compare every element of every parameter, not some hundred of each large one: minutes for a network of 100,000");
        var (device, threads, json) = (CommonOptions.Device("cpu"), CommonOptions.Threads(), CommonOptions.Json());
        var command = new ExampledCommand("gradcheck",
            "Compares backpropagation with central differences in double precision, layer by layer.",
            ("scratchnet gradcheck runs/NAME", "a trained model, at its weights"),
            ("scratchnet gradcheck --hidden 64 --activation tanh --device opencl", "a fresh network on another device"),
            ("scratchnet gradcheck --inject-bug missing-transpose", "which check finds it, and how training looks"))
        {
            model, hidden, activation, bug, all, device, threads, json,
        };
        command.SetAction(parse =>
        {
            if (parse.GetValue(model) is not null && (parse.GetValue(hidden) ?? parse.GetValue(activation)) is not null)
            {
                throw new UsageException(
                    "MODEL and --hidden or --activation contradict each other: a model has its own layers; leave one out");
            }

            var (words, lesson) = (parse.GetValue(bug), parse.GetValue(bug) is { } text ? Lessons.Find(bug.Name, text) : null);
            var layers = Layers(parse.GetValue(hidden) ?? "32,16", parse.GetValue(activation) ?? "relu");
            using var backend = Devices.Open(
                CommonOptions.ReadDevice(parse, device) ?? "cpu", CommonOptions.ReadThreads(parse, threads, device));
            using var network = parse.GetValue(model) is { } path
                ? TrainedModel.Load(backend, RunFiles.NeedModel(path, terminal.Warn)).Network
                : new Network(backend, Inputs, layers, new SoftmaxCrossEntropy());
            var hidesName = int.TryParse(words, out _);
            return new GradCheckRun(
                backend, network, lesson, hidesName, parse.GetValue(all), parse.GetValue(json), terminal).Run();
        });
        return command;
    }

    private static Layer[] Layers(string hidden, string activation)
    {
        var function = LayerFormat.ParseActivation(Values.Choice("--activation", activation, "relu", "sigmoid", "tanh"));
        IReadOnlyList<int> units = hidden == "none" ? [] : Values.Wholes("--hidden", hidden, 1, MaxUnits);
        return [.. units.Select(count => new Dense(count, function)), new Dense(Classes)];
    }
}
