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
            Description = "digits (bundled), mnist, fashion-mnist, or your own: see --data [default: digits]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?>[] deciding = DecidingOptions();
        var recipe = CommonOptions.Text(TrainOptionNames.Recipe, "NAME",
            "take the options from a recipe (see 'scratchnet recipes'); those given beside it win");
        var repeat = CommonOptions.Text(TrainOptionNames.Repeat, "N",
            "train N times, with this seed and those after it, and tell mean and interval");
        var noAugment = CommonOptions.Flag("--no-augment", "leave training pictures as they are");
        var (data, stream, json) = (CommonOptions.Data(), CommonOptions.Stream(), CommonOptions.Json());
        var denoise = CommonOptions.Flag(TrainOptionNames.Denoise,
            "clean every picture of single wrong pixels by a 3x3 median filter; kept in the model, so that predict does it too");
        var (device, threads) = (CommonOptions.Device(), CommonOptions.Threads());
        var folder = CommonOptions.Path("--run", "DIR",
            "the run's folder: model, checkpoints, metrics.csv, TensorBoard events, report.html [default: a new one in runs]");
        var output = CommonOptions.Path("--output", "FILE",
            "instead of a folder, only a model file, whose name ends in .safetensors, and its checkpoint");
        var resume = CommonOptions.Path("--resume", "PATH",
            "go on with an interrupted run: its folder or checkpoint; more --epochs are allowed");
        var (every, keep) = (CommonOptions.Text(CheckpointCadence.Option, "N",
            "save a checkpoint every so many steps (200) or seconds (30s) "
            + "[default: 5s, or as seldom as it takes to cost under 2 %]"),
            CommonOptions.Text("--keep", "K", $"keep the last K checkpoints [default: {CheckpointFiles.DefaultKeep}]"));
        var quiet = CommonOptions.Flag("--quiet", "no progress, only the result");
        var command = new ExampledCommand(
            "train", "Trains a network on a data set and saves it.", Examples) { dataset, data, stream };
        Option[] options =
            [recipe, .. deciding, denoise, noAugment, repeat, device, threads, folder, output, resume, every, keep, json, quiet];
        Array.ForEach(options, command.Add);
        command.SetAction(parse => Run(new TrainRequest(
            parse.GetValue(dataset),
            parse.GetValue(data),
            Given(parse, deciding, parse.GetValue(denoise), parse.GetValue(noAugment)),
            CommonOptions.ReadDevice(parse, device),
            CommonOptions.ReadThreads(parse, threads, device),
            parse.GetValue(folder),
            parse.GetValue(output),
            parse.GetValue(resume),
            parse.GetValue(json),
            parse.GetValue(quiet),
            parse.GetValue(stream))
        {
            Cadence = CheckpointCadence.Read(parse.GetValue(every)),
            Keep = parse.GetValue(keep) is { } count ? Values.Whole(keep.Name, count, 1, 1000) : CheckpointFiles.DefaultKeep,
        }, parse.GetValue(recipe), parse.GetValue(repeat), terminal));
        return command;
    }

    /// <summary>A bare --augment means yes: it is given that value, unless the word after it is one.</summary>
    /// <param name="args">A command line.</param>
    public static IReadOnlyList<string> CompleteAugment(IReadOnlyList<string> args) =>
    [
        .. args.Select((word, i) =>
            word == TrainOptionNames.Augment && (i + 1 == args.Count || !DistortionText.Suits(args[i + 1]))
                ? $"{word}=yes" : word),
    ];

    private static (string, string)[] Examples =>
    [
        ("scratchnet train", "the bundled digits, with the defaults"),
        ("scratchnet train mnist --recipe accurate", "MNIST by a recipe"),
        ("scratchnet train mnist --hidden 512,512 --dropout 0.2", "MNIST, two hidden layers with dropout"),
        ("scratchnet train --data photos/", "your own pictures"),
        ("scratchnet train --data scans.csv --denoise", "your own CSV file, spots removed"),
        ("scratchnet train --resume runs/NAME", "go on after Ctrl-C"),
    ];

    /// <summary>Options that decide what a run computes.</summary>
    private static Option<string?>[] DecidingOptions() =>
    [
        CommonOptions.Text(TrainOptionNames.ImageSize, "SIZE",
            "fit pictures to so many pixels, 28 or 20x32 [default: their commonest size, or 28 if that is above 64x64]"),
        CommonOptions.Text(TrainOptionNames.Hidden, "N,N,...",
            $"units of the hidden layers, or none {TrainingDefaults.Tell(set => string.Join(',', set.Hidden))}"),
        CommonOptions.Text(TrainOptionNames.Activation, "NAME", "relu, sigmoid or tanh [default: relu]"),
        CommonOptions.Text(TrainOptionNames.Dropout, "RATE",
            "dropout after the hidden layers, from 0 to below 1, or one rate "
            + $"for each {TrainingDefaults.Tell(set => set.Dropout)}"),
        CommonOptions.Text(TrainOptionNames.InputDropout, "RATE", "dropout of the pixels [default: 0]"),
        CommonOptions.Text(TrainOptionNames.Epochs, "N",
            $"times to go through the training pictures {TrainingDefaults.Tell(set => set.Epochs)}"),
        CommonOptions.Text(TrainOptionNames.BatchSize, "N", $"pictures in a step {TrainingDefaults.Tell(set => set.BatchSize)}"),
        CommonOptions.Text(TrainOptionNames.Candidates, "N",
            "draw N times as many pictures for a step, and learn from those that the network gets most wrong [default: 1]"),
        CommonOptions.Text(TrainOptionNames.LearningRate, "RATE",
            $"full learning rate {TrainingDefaults.Tell(set => set.AdamRate)}; sgd has others"),
        CommonOptions.Text(TrainOptionNames.Optimizer, "NAME", "adam, adamw or sgd [default: adam]"),
        CommonOptions.Text(TrainOptionNames.Momentum, "SHARE", "momentum of sgd [default: 0.9]"),
        CommonOptions.Text(TrainOptionNames.WeightDecay, "RATE",
            "decay of the weights, biases excepted [default: 0.01 for adamw, else 0]"),
        CommonOptions.Text(
            TrainOptionNames.ClipNorm, "NORM", "shorten all gradients together to this norm, 0 for never [default: 0]"),
        CommonOptions.Text(TrainOptionNames.Ema, "DECAY",
            "average the weights over the steps, keeping this share at each: 0.999 for instance, 0 for none [default: 0]"),
        CommonOptions.Text(TrainOptionNames.EarlyStopping, "EPOCHS",
            "stop after so many epochs without a better validation loss, or accuracy (5,on=accuracy), and keep the best "
            + "[default: no]"),
        CommonOptions.Text(TrainOptionNames.ClassWeights, "W,W,...",
            "weigh the classes: balanced (rare ones more), or one number a class [default: no]"),
        CommonOptions.Text(TrainOptionNames.LabelSmoothing, "SHARE", "share of the target spread over all classes [default: 0]"),
        CommonOptions.Text(TrainOptionNames.Schedule, "NAME",
            "how the rate goes: constant, cosine[,floor=0], step[,every=10,factor=0.1], one-cycle[,rise=0.3,start=0.04,end=0] or "
            + "plateau[,patience=3,factor=0.5,tolerance=0.001] [default: cosine]"),
        CommonOptions.Text(TrainOptionNames.WarmUp, "EPOCHS", "epochs in which the rate first grows from nothing [default: 0]"),
        CommonOptions.Text(TrainOptionNames.Augment, "HOW",
            "distort training pictures, differently in every epoch: no, mild, yes, strong or numbers, "
            + "rotation=10,scale=0.1,shift=1.5,shear=0.1,alpha=34,sigma=5 "
            + $"{TrainingDefaults.Tell(set => set.Augment ? "yes" : "no")}"),
        CommonOptions.Text(TrainOptionNames.Validation, "SHARE",
            "share of the training part held out to watch the run [default: 0.1]"),
        CommonOptions.Text(TrainOptionNames.OnNan, "HOW",
            "when a loss is not finite: stop, or rollback to the last good epoch and halve the rate, at most ten times "
            + "[default: stop]"),
        CommonOptions.Text(TrainOptionNames.Seed, "N", "decides weights, order, dropout and distortions [default: 1]"),
    ];

    private static Dictionary<string, string> Given(ParseResult parse, Option<string?>[] options, bool denoise, bool noAugment)
    {
        var given = new Dictionary<string, string>();
        foreach (var option in options)
        {
            if (parse.GetValue(option) is { } text)
            {
                given[option.Name] = text;
            }
        }

        if (denoise)
        {
            given[TrainOptionNames.Denoise] = "yes";
        }

        if (noAugment && !given.TryAdd(TrainOptionNames.Augment, "no"))
        {
            throw new UsageException("--augment and --no-augment contradict each other; leave one out");
        }

        return given;
    }

    private static int Run(TrainRequest request, string? recipe, string? repeat, Terminal terminal)
    {
        if (recipe is not null)
        {
            request = Follow(Recipes.Find(recipe), request, terminal);
        }

        using var interruption = new Interruption();
        if (repeat is not null)
        {
            return RepeatedRuns.Of(request, repeat, terminal).Train(interruption.Token);
        }

        using var run = TrainingRun.Start(request, terminal, interruption.Token);
        return run.Train(interruption.Token);
    }

    /// <summary>Puts a recipe's options under those that were given. Without a data set it is the recipe's own.</summary>
    private static TrainRequest Follow(Recipe recipe, TrainRequest request, Terminal terminal)
    {
        if (request.Resume is not null)
        {
            throw new UsageException($"{TrainOptionNames.Recipe} and --resume contradict each other: a run goes on with the "
                + "options that it has; leave one out");
        }

        var dataset = request.Dataset ?? (request.Data is null ? recipe.Dataset : null);
        var source = DataSource.Of(dataset, request.Data, null);
        if (!request.IsQuiet)
        {
            terminal.Error.WriteLine(Recipes.Describe(recipe, request.Given));
        }

        if (source.Name != recipe.Dataset)
        {
            terminal.Warn(
                $"recipe {recipe.Name} was made for {recipe.Dataset}; on other data its accuracy and time are not known");
        }

        return request with { Dataset = dataset, Given = Recipes.Merge(recipe, request.Given) };
    }
}
