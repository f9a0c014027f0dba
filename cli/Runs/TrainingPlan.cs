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
/// <param name="Hidden">Units of the hidden layers.</param>
/// <param name="Activation">Their function.</param>
/// <param name="Dropout">Dropout after each hidden layer.</param>
/// <param name="Optimizer">adam, adamw or sgd.</param>
/// <param name="LearningRate">Its full rate.</param>
/// <param name="Momentum">Momentum, of SGD only.</param>
/// <param name="WeightDecay">Decay of the weights.</param>
/// <param name="LabelSmoothing">Share of the target that is spread evenly.</param>
/// <param name="Validation">Share of the training part that is held out.</param>
/// <param name="Options">Epochs, batch size, schedule, distortion and seed.</param>
internal sealed record TrainingPlan(
    DataSource Source,
    IReadOnlyList<int> Hidden,
    Activation Activation,
    float Dropout,
    string Optimizer,
    float LearningRate,
    float Momentum,
    float WeightDecay,
    float LabelSmoothing,
    double Validation,
    TrainingOptions Options)
{
    private const int MaxUnits = 65_536;
    private const int MaxEpochs = 1_000_000;
    private const int MaxBatch = 65_536;

    // Mild enough that a digit stays what it is: a 6 turned further would become a 9.
    private static readonly Distortion Augmentation =
        new(RotationDegrees: 10, Scale: 0.1f, ShiftPixels: 1.5f, Shear: 0.1f, ElasticAlpha: 34, ElasticSigma: 5);

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
            Seed = given(TrainOptionNames.Seed) is { } seed ? Values.Whole(TrainOptionNames.Seed, seed, 0UL, ulong.MaxValue) : 1,
            Schedule = Choice(TrainOptionNames.Schedule, "cosine", "constant", "cosine") == "cosine"
                ? LearningRateSchedule.Cosine
                : LearningRateSchedule.Constant,
            Distortion = Choice(TrainOptionNames.Augment, defaults.Augment ? "yes" : "no", "yes", "no") == "yes"
                ? Augmentation
                : null,
        };
        return new TrainingPlan(
            source,
            ReadHidden(given(TrainOptionNames.Hidden), defaults.Hidden),
            Enum.Parse<Activation>(Choice(TrainOptionNames.Activation, "relu", "relu", "sigmoid", "tanh"), ignoreCase: true),
            Real(TrainOptionNames.Dropout, defaults.Dropout, 1),
            optimizer,
            Real(TrainOptionNames.LearningRate, isSgd ? defaults.SgdRate : defaults.AdamRate, 1000, openMin: true),
            Real(TrainOptionNames.Momentum, isSgd ? TrainingDefaults.Momentum : 0, 1),
            Real(TrainOptionNames.WeightDecay, optimizer == "adamw" ? TrainingDefaults.AdamWDecay : 0, 1000),
            Real(TrainOptionNames.LabelSmoothing, 0, 1),
            given(TrainOptionNames.Validation) is { } share
                ? Values.Real(TrainOptionNames.Validation, share, 0, 1)
                : TrainingDefaults.Validation,
            options);

        string Choice(string name, string fallback, params string[] words) => Values.Choice(name, given(name) ?? fallback, words);

        int Whole(string name, int fallback, int max) => given(name) is { } text ? Values.Whole(name, text, 1, max) : fallback;

        float Real(string name, float fallback, double max, bool openMin = false) =>
            given(name) is { } text ? (float)Values.Real(name, text, 0, max, openMin) : fallback;
    }

    /// <summary>The options in words, from which <see cref="Read"/> makes an equal plan.</summary>
    public IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        [TrainOptionNames.Hidden] = Hidden.Count == 0 ? "none" : string.Join(',', Hidden),
        [TrainOptionNames.Activation] = Activation.ToString().ToLowerInvariant(),
        [TrainOptionNames.Dropout] = Text(Dropout),
        [TrainOptionNames.Optimizer] = Optimizer,
        [TrainOptionNames.LearningRate] = Text(LearningRate),
        [TrainOptionNames.Momentum] = Text(Momentum),
        [TrainOptionNames.WeightDecay] = Text(WeightDecay),
        [TrainOptionNames.LabelSmoothing] = Text(LabelSmoothing),
        [TrainOptionNames.Schedule] = Options.Schedule.ToString().ToLowerInvariant(),
        [TrainOptionNames.Augment] = Options.Distortion is null ? "no" : "yes",
        [TrainOptionNames.Validation] = Validation.ToString("R", CultureInfo.InvariantCulture),
        [TrainOptionNames.Epochs] = Options.Epochs.ToString(CultureInfo.InvariantCulture),
        [TrainOptionNames.BatchSize] = Options.BatchSize.ToString(CultureInfo.InvariantCulture),
        [TrainOptionNames.Seed] = Options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Builds the network with its first weights.</summary>
    public Network BuildNetwork(Backend backend, Dataset train)
    {
        List<Layer> layers = [];
        foreach (var units in Hidden)
        {
            layers.Add(new Dense(units, Activation));
            if (Dropout > 0)
            {
                layers.Add(new Dropout(Dropout));
            }
        }

        layers.Add(new Dense(train.Classes));
        return new Network(backend, train.Features, layers, new SoftmaxCrossEntropy(LabelSmoothing), Options.Seed);
    }

    /// <summary>Makes the optimizer.</summary>
    public Optimizer BuildOptimizer() => Optimizer switch
    {
        "sgd" => new Sgd(LearningRate, Momentum, weightDecay: WeightDecay),
        "adamw" => new AdamW(LearningRate, weightDecay: WeightDecay),
        _ => new Adam(LearningRate, weightDecay: WeightDecay),
    };

    /// <summary>Holds the validation part out of the training part; it is null when none is wanted.</summary>
    public (Dataset Train, Dataset? Validation) Split(Dataset train) =>
        Validation == 0 ? (train, null) : train.StratifiedSplit(Validation, Options.Seed);

    private static IReadOnlyList<int> ReadHidden(string? text, int[] fallback) => text switch
    {
        null => fallback,
        "none" => [],
        _ => Values.Wholes(TrainOptionNames.Hidden, text, 1, MaxUnits),
    };

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
