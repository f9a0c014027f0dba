namespace ScratchNet.Cli.Runs;

/// <summary>Names of the options that decide what a run computes; checkpoints use them as keys.</summary>
internal static class TrainOptionNames
{
    public const string ImageSize = "--image-size";
    public const string Denoise = "--denoise";
    public const string Hidden = "--hidden";
    public const string Activation = "--activation";
    public const string Dropout = "--dropout";
    public const string InputDropout = "--input-dropout";
    public const string Optimizer = "--optimizer";
    public const string LearningRate = "--learning-rate";
    public const string Momentum = "--momentum";
    public const string WeightDecay = "--weight-decay";
    public const string ClipNorm = "--clip-norm";
    public const string Ema = "--ema";
    public const string EarlyStopping = "--early-stopping";
    public const string ClassWeights = "--class-weights";
    public const string LabelSmoothing = "--label-smoothing";
    public const string Schedule = "--schedule";
    public const string WarmUp = "--warm-up";
    public const string Augment = "--augment";
    public const string Validation = "--validation";
    public const string Epochs = "--epochs";
    public const string BatchSize = "--batch-size";
    public const string Candidates = "--candidates";
    public const string OnNan = "--on-nan";
    public const string Seed = "--seed";
    public const string Repeat = "--repeat";
    public const string Recipe = "--recipe";
}
