using System.CommandLine;
using ScratchNet.Cli.Parsing;
using ScratchNet.Cli.Runs;

namespace ScratchNet.Cli.Commands;

/// <summary><c>scratchnet train</c>: learns a data set and saves a model.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var dataset = new Argument<string?>("DATASET")
        {
            Description = "digits (bundled), mnist, fashion-mnist, or a folder with IDX files [default: digits]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?>[] deciding = DecidingOptions();
        var augment = CommonOptions.Flag("--augment",
            $"distort training pictures, differently in every epoch {TrainingDefaults.Tell(set => set.Augment ? "yes" : "no")}");
        var noAugment = CommonOptions.Flag("--no-augment", "leave training pictures as they are");
        var (data, json) = (CommonOptions.Data(), CommonOptions.Json());
        var (device, threads) = (CommonOptions.Device(), CommonOptions.Threads());
        var output = CommonOptions.Text("--output", "PATH",
            "model file (.safetensors) or folder [default: a new folder in runs]");
        var resume = CommonOptions.Text("--resume", "PATH",
            "go on with an interrupted run: its folder or checkpoint; more --epochs are allowed");
        var quiet = CommonOptions.Flag("--quiet", "no progress, only the result");
        var command = new ExampledCommand("train", "Trains a network on a data set and saves it.", Examples) { dataset, data };
        Option[] options = [.. deciding, augment, noAugment, device, threads, output, resume, json, quiet];
        Array.ForEach(options, command.Add);
        command.SetAction(parse => Run(new TrainRequest(
            parse.GetValue(dataset),
            parse.GetValue(data),
            Given(parse, deciding, parse.GetValue(augment), parse.GetValue(noAugment)),
            CommonOptions.ReadDevice(parse, device),
            CommonOptions.ReadThreads(parse, threads),
            parse.GetValue(output),
            parse.GetValue(resume),
            parse.GetValue(json),
            parse.GetValue(quiet)), terminal));
        return command;
    }

    private static (string, string)[] Examples =>
    [
        ("scratchnet train", "the bundled digits, with the defaults"),
        ("scratchnet train mnist --hidden 512,512 --dropout 0.2", "MNIST, two hidden layers with dropout"),
        ("scratchnet train --data DIR --output my.safetensors", "your own IDX files"),
        ("scratchnet train --resume runs/NAME", "go on after Ctrl-C"),
    ];

    /// <summary>Options that decide what a run computes.</summary>
    private static Option<string?>[] DecidingOptions() =>
    [
        CommonOptions.Text(TrainOptionNames.Hidden, "N,N,...",
            $"units of the hidden layers, or none {TrainingDefaults.Tell(set => string.Join(',', set.Hidden))}"),
        CommonOptions.Text(TrainOptionNames.Activation, "NAME", "relu, sigmoid or tanh [default: relu]"),
        CommonOptions.Text(TrainOptionNames.Dropout, "RATE",
            $"dropout after each hidden layer, from 0 to below 1 {TrainingDefaults.Tell(set => set.Dropout)}"),
        CommonOptions.Text(TrainOptionNames.Epochs, "N",
            $"times to go through the training pictures {TrainingDefaults.Tell(set => set.Epochs)}"),
        CommonOptions.Text(TrainOptionNames.BatchSize, "N", $"pictures in a step {TrainingDefaults.Tell(set => set.BatchSize)}"),
        CommonOptions.Text(TrainOptionNames.LearningRate, "RATE",
            $"full learning rate {TrainingDefaults.Tell(set => set.AdamRate)}; sgd has others"),
        CommonOptions.Text(TrainOptionNames.Optimizer, "NAME", "adam, adamw or sgd [default: adam]"),
        CommonOptions.Text(TrainOptionNames.Momentum, "SHARE", "momentum of sgd [default: 0.9]"),
        CommonOptions.Text(TrainOptionNames.WeightDecay, "RATE",
            "decay of the weights, biases excepted [default: 0.01 for adamw, else 0]"),
        CommonOptions.Text(TrainOptionNames.LabelSmoothing, "SHARE", "share of the target spread over all classes [default: 0]"),
        CommonOptions.Text(TrainOptionNames.Schedule, "NAME", "constant or cosine: how the learning rate goes [default: cosine]"),
        CommonOptions.Text(TrainOptionNames.Validation, "SHARE",
            "share of the training part held out to watch the run [default: 0.1]"),
        CommonOptions.Text(TrainOptionNames.Seed, "N", "decides weights, order, dropout and distortions [default: 1]"),
    ];

    private static Dictionary<string, string> Given(ParseResult parse, Option<string?>[] options, bool augment, bool noAugment)
    {
        if (augment && noAugment)
        {
            throw new UsageException("--augment and --no-augment contradict each other; leave one out");
        }

        var given = new Dictionary<string, string>();
        foreach (var option in options)
        {
            if (parse.GetValue(option) is { } text)
            {
                given[option.Name] = text;
            }
        }

        if (augment || noAugment)
        {
            given[TrainOptionNames.Augment] = augment ? "yes" : "no";
        }

        return given;
    }

    private static int Run(TrainRequest request, Terminal terminal)
    {
        using var interruption = new Interruption();
        using var run = TrainingRun.Start(request, terminal, interruption.Token);
        return run.Train(interruption.Token);
    }
}
