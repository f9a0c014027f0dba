using System.Globalization;
using ScratchNet.Cli.Parsing;
using ScratchNet.Engine;
using ScratchNet.Kernels;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Runs;

/// <summary>
/// Everything that decides what a run computes, in the words of the command line: it is read from options, written into
/// checkpoints, and read from those again by the same code.
/// </summary>
/// <param name="Source">The data.</param>
/// <param name="Denoise">Whether a median filter cleans every picture, in training and in use.</param>
/// <param name="Hidden">Units of the hidden layers.</param>
/// <param name="Activation">Their function.</param>
/// <param name="InputDropout">Dropout of the pixels.</param>
/// <param name="Dropout">Dropout after each hidden layer: one rate for all, or one a layer.</param>
/// <param name="Optimizer">adam, adamw or sgd.</param>
/// <param name="LearningRate">Its full rate.</param>
/// <param name="Momentum">Momentum, of SGD only.</param>
/// <param name="WeightDecay">Decay of the weights.</param>
/// <param name="ClipNorm">Largest norm of all gradients together; 0 for no limit.</param>
/// <param name="LabelSmoothing">Share of the target that is spread evenly.</param>
/// <param name="ClassWeights">What the losses of the classes are multiplied by.</param>
/// <param name="Validation">Share of the training part that is held out.</param>
/// <param name="Options">Epochs, batch size, schedule, distortion and seed.</param>
internal sealed record TrainingPlan(
    DataSource Source,
    bool Denoise,
    IReadOnlyList<int> Hidden,
    Activation Activation,
    float InputDropout,
    IReadOnlyList<float> Dropout,
    string Optimizer,
    float LearningRate,
    float Momentum,
    float WeightDecay,
    float ClipNorm,
    float LabelSmoothing,
    ClassWeighting ClassWeights,
    double Validation,
    TrainingOptions Options)
{
    /// <summary>What happens when a value is not finite: the run stops.</summary>
    public const string Stop = "stop";

    private const string GoBack = "rollback";
    private const string None = "no";
    private const int MaxUnits = 65_536;
    private const int MaxEpochs = 1_000_000;
    private const int MaxBatch = 65_536;
    private const int MaxCandidates = 64;

    /// <summary>Whether a run whose loss is not finite goes back to the end of the last good epoch and halves the learning
    /// rate.</summary>
    public bool RollsBack { get; init; }

    /// <summary>Reads a plan.</summary>
    /// <param name="source">The data.</param>
    /// <param name="given">The text of an option; null where it was not given and its default holds.</param>
    /// <exception cref="UsageException">An option has a value that it can't have.</exception>
    public static TrainingPlan Read(DataSource source, Func<string, string?> given)
    {
        var defaults = TrainingDefaults.For(source.Name);
        var optimizer = Choice(TrainOptionNames.Optimizer, "adam", "adam", "adamw", "sgd");
        var isSgd = optimizer == "sgd";
        if (!isSgd && given(TrainOptionNames.Momentum) is not null and not "0")
        {
            throw new UsageException($"--momentum belongs to '--optimizer sgd'; {optimizer} has its own");
        }

        var options = new TrainingOptions
        {
            Epochs = Whole(TrainOptionNames.Epochs, defaults.Epochs, MaxEpochs),
            BatchSize = Whole(TrainOptionNames.BatchSize, defaults.BatchSize, MaxBatch),
            Candidates = Whole(TrainOptionNames.Candidates, 1, MaxCandidates),
            Seed = given(TrainOptionNames.Seed) is { } seed ? Values.Whole(TrainOptionNames.Seed, seed, 0UL, ulong.MaxValue) : 1,
            Schedule = ScheduleText.Read(
                given(TrainOptionNames.Schedule) ?? "cosine", Real(TrainOptionNames.WarmUp, 0, MaxEpochs)),
            AverageDecay = Real(TrainOptionNames.Ema, 0, 1),
            EarlyStopping = ReadEarlyStopping(given(TrainOptionNames.EarlyStopping)),
            Distortion = DistortionText.Read(given(TrainOptionNames.Augment) ?? (defaults.Augment ? "yes" : "no")),
        };
        var validation = given(TrainOptionNames.Validation) is { } part
            ? Values.Real(TrainOptionNames.Validation, part, 0, 1)
            : TrainingDefaults.Validation;
        CheckWarmUp(options);
        CheckValidation(options, validation);
        var hidden = ReadHidden(given(TrainOptionNames.Hidden), defaults.Hidden);
        return new TrainingPlan(
            source with { Size = DataSource.ReadSize(TrainOptionNames.ImageSize, given(TrainOptionNames.ImageSize)) },
            Choice(TrainOptionNames.Denoise, "no", "yes", "no") == "yes",
            hidden,
            Enum.Parse<Activation>(Choice(TrainOptionNames.Activation, "relu", "relu", "sigmoid", "tanh"), ignoreCase: true),
            Real(TrainOptionNames.InputDropout, 0, 1),
            ReadDropout(given(TrainOptionNames.Dropout), hidden.Count, defaults.Dropout),
            optimizer,
            Real(TrainOptionNames.LearningRate, isSgd ? defaults.SgdRate : defaults.AdamRate, 1000, openMin: true),
            Real(TrainOptionNames.Momentum, isSgd ? TrainingDefaults.Momentum : 0, 1),
            Real(TrainOptionNames.WeightDecay, optimizer == "adamw" ? TrainingDefaults.AdamWDecay : 0, 1000),
            Real(TrainOptionNames.ClipNorm, 0, 1e6),
            Real(TrainOptionNames.LabelSmoothing, 0, 1),
            ClassWeighting.Read(given(TrainOptionNames.ClassWeights) ?? ClassWeighting.None),
            validation,
            options)
        {
            RollsBack = Choice(TrainOptionNames.OnNan, Stop, Stop, GoBack) == GoBack,
        };

        string Choice(string name, string fallback, params string[] words) => Values.Choice(name, given(name) ?? fallback, words);

        int Whole(string name, int fallback, int max) => given(name) is { } text ? Values.Whole(name, text, 1, max) : fallback;

        float Real(string name, float fallback, double max, bool openMin = false) =>
            given(name) is { } text ? (float)Values.Real(name, text, 0, max, openMin) : fallback;
    }

    /// <summary>The options in words, from which <see cref="Read"/> makes an equal plan.</summary>
    public IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        [TrainOptionNames.ImageSize] = Source.Size?.ToString() ?? "no",
        [TrainOptionNames.Denoise] = Denoise ? "yes" : "no",
        [TrainOptionNames.Hidden] = Hidden.Count == 0 ? "none" : string.Join(',', Hidden),
        [TrainOptionNames.Activation] = Activation.ToString().ToLowerInvariant(),
        [TrainOptionNames.InputDropout] = Text(InputDropout),
        [TrainOptionNames.Dropout] = string.Join(',', Dropout.Select(Text)),
        [TrainOptionNames.Optimizer] = Optimizer,
        [TrainOptionNames.LearningRate] = Text(LearningRate),
        [TrainOptionNames.Momentum] = Text(Momentum),
        [TrainOptionNames.WeightDecay] = Text(WeightDecay),
        [TrainOptionNames.ClipNorm] = Text(ClipNorm),
        [TrainOptionNames.LabelSmoothing] = Text(LabelSmoothing),
        [TrainOptionNames.ClassWeights] = ClassWeights.Text,
        [TrainOptionNames.Ema] = Text(Options.AverageDecay),
        [TrainOptionNames.EarlyStopping] = Options.EarlyStopping?.Text ?? None,
        [TrainOptionNames.Schedule] = Options.Schedule.Text,
        [TrainOptionNames.WarmUp] = Options.Schedule.WarmUpEpochs.ToString("R", CultureInfo.InvariantCulture),
        [TrainOptionNames.Augment] = DistortionText.Write(Options.Distortion),
        [TrainOptionNames.Validation] = Validation.ToString("R", CultureInfo.InvariantCulture),
        [TrainOptionNames.OnNan] = RollsBack ? GoBack : Stop,
        [TrainOptionNames.Epochs] = Options.Epochs.ToString(CultureInfo.InvariantCulture),
        [TrainOptionNames.BatchSize] = Options.BatchSize.ToString(CultureInfo.InvariantCulture),
        [TrainOptionNames.Candidates] = Options.Candidates.ToString(CultureInfo.InvariantCulture),
        [TrainOptionNames.Seed] = Options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>How the pictures of a data set become inputs.</summary>
    public InputFormat Format(Dataset train) => InputFormat.For(train, Denoise);

    /// <summary>Builds the network with its first weights.</summary>
    public Network BuildNetwork(Backend backend, Dataset train)
    {
        List<Layer> layers = [];
        AddDropout(InputDropout);
        for (var i = 0; i < Hidden.Count; i++)
        {
            layers.Add(new Dense(Hidden[i], Activation));
            AddDropout(Dropout[Dropout.Count == 1 ? 0 : i]);
        }

        layers.Add(new Dense(train.Classes));
        return new Network(
            backend, train.Features, layers, new SoftmaxCrossEntropy(LabelSmoothing, ClassWeights.For(train)), Options.Seed);

        void AddDropout(float rate)
        {
            if (rate > 0)
            {
                layers.Add(new Dropout(rate));
            }
        }
    }

    /// <summary>Makes the optimizer.</summary>
    public Optimizer BuildOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(LearningRate, Momentum, weightDecay: WeightDecay) { MaxGradientNorm = ClipNorm },
        "adamw" => new AdamW(LearningRate, weightDecay: WeightDecay) { MaxGradientNorm = ClipNorm },
        _ => new Adam(LearningRate, weightDecay: WeightDecay) { MaxGradientNorm = ClipNorm },
    };

    /// <summary>Holds the validation part out of the training part; it is null when none is wanted.</summary>
    /// <exception cref="UsageException">The share comes to no picture, or to all of them.</exception>
    public (Dataset Train, Dataset? Validation) Split(Dataset train)
    {
        if (Validation == 0)
        {
            return (train, null);
        }

        if (!train.CanSplit(Validation))
        {
            var (what, better) = Validation < 0.5 ? ("none", "larger") : ("all", "smaller");
            throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                $"{TrainOptionNames.Validation} is {Validation}, which of the {train.Count} training pictures of {train.Name} is "
                + $"{what}; give a {better} share, or 0 to hold none out"));
        }

        return train.StratifiedSplit(Validation, Options.Seed);
    }

    private static IReadOnlyList<int> ReadHidden(string? text, int[] fallback) => text switch
    {
        null => fallback,
        "none" => [],
        _ => Values.Wholes(TrainOptionNames.Hidden, text, 1, MaxUnits),
    };

    private static IReadOnlyList<float> ReadDropout(string? text, int layers, float fallback)
    {
        const string Option = TrainOptionNames.Dropout;
        float[] rates = text is null
            ? [fallback]
            : [.. text.Split(',').Select(rate => (float)Values.Real(Option, rate.Trim(), 0, 1, list: text))];
        if (layers == 0 && rates.Any(rate => rate > 0))
        {
            throw new UsageException($"{Option} and '{TrainOptionNames.Hidden} none' contradict each other: there is no hidden "
                + $"layer to drop units of; leave one out, or use {TrainOptionNames.InputDropout}");
        }

        return rates.Length == 1 || rates.Length == layers
            ? rates
            : throw new UsageException($"{Option} is '{text}', which are {rates.Length} rates for {layers} hidden layers; give "
                + "one rate, or one a layer");
    }

    private static EarlyStopping? ReadEarlyStopping(string? text)
    {
        const string Option = TrainOptionNames.EarlyStopping;
        if (text is null or None)
        {
            return null;
        }

        var parts = text.Split(",on=");
        var measure = parts.Length > 1 ? Values.Choice($"{Option}: on", parts[1], "loss", "accuracy") : "loss";
        return new EarlyStopping(
            Values.Whole(Option, parts[0], 1, MaxEpochs),
            measure == "loss" ? StoppingMeasure.Loss : StoppingMeasure.Accuracy);
    }

    private static void CheckValidation(TrainingOptions options, double validation)
    {
        if (validation == 0 && options.NeedsValidation)
        {
            var what = options.EarlyStopping is null ? $"'{TrainOptionNames.Schedule} plateau'" : TrainOptionNames.EarlyStopping;
            throw new UsageException($"{what} and '{TrainOptionNames.Validation} 0' contradict each other: it watches the "
                + "validation part; leave one out");
        }
    }

    private static void CheckWarmUp(TrainingOptions options)
    {
        if (options.Schedule.WarmUpEpochs >= options.Epochs)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                $"{TrainOptionNames.WarmUp} is {options.Schedule.WarmUpEpochs}, but must be shorter than the run of "
                + $"{options.Epochs} epochs"));
        }
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
