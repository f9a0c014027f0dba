namespace ScratchNet.Cli.Runs;

/// <summary>How a data set is trained on unless options say otherwise. This table is the only place where that stands.</summary>
/// <param name="Hidden">Units of the hidden layers.</param>
/// <param name="Epochs">Times to go through the training samples.</param>
/// <param name="BatchSize">Samples in a step.</param>
/// <param name="AdamRate">Learning rate of Adam and AdamW.</param>
/// <param name="SgdRate">Learning rate of SGD with momentum.</param>
/// <param name="Dropout">Dropout after each hidden layer.</param>
/// <param name="Augment">Whether training pictures are distorted.</param>
internal sealed record TrainingDefaults(
    int[] Hidden, int Epochs, int BatchSize, float AdamRate, float SgdRate, float Dropout, bool Augment)
{
    /// <summary>Share of the training part that is held out to watch the run.</summary>
    public const double Validation = 0.1;

    /// <summary>Momentum of SGD.</summary>
    public const float Momentum = 0.9f;

    /// <summary>Decay of AdamW; the other optimizers have none.</summary>
    public const float AdamWDecay = 0.01f;

    private static readonly TrainingDefaults Digits = new([400, 200], 60, 64, 2e-3f, 0.05f, 0f, true);
    private static readonly TrainingDefaults Mnist = new([128], 10, 64, 3e-3f, 0.05f, 0f, false);
    private static readonly TrainingDefaults FashionMnist = new([256], 15, 64, 2e-3f, 0.05f, 0f, false);

    /// <summary>One of the defaults for every data set, in words, for the help.</summary>
    public static string Tell(Func<TrainingDefaults, object> choose) =>
        $"[default: digits {choose(Digits)}, fashion-mnist {choose(FashionMnist)}, others {choose(Mnist)}]";

    /// <summary>The defaults for a known data set, or for any other (null).</summary>
    public static TrainingDefaults For(string? dataset) => dataset switch
    {
        "digits" => Digits,
        "fashion-mnist" => FashionMnist,
        _ => Mnist,
    };
}
