using ScratchNet.Cli.Runs;
using ScratchNet.Engine;
using ScratchNet.Training;
using ScratchNet.Training.Data;
using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Studio.Draw;

/// <summary>A model to draw for, with the training pictures that drawings are compared with.</summary>
internal sealed class DrawModel : IDisposable
{
    private const int Neighbours = 8;

    // Enough to know what is usual; each is compared with the whole data set.
    private const long MostComparisons = 1_000_000;
    private const double UsualShare = 0.99;

    private readonly NearestSamples? _nearest;

    /// <summary>Takes a model.</summary>
    /// <param name="model">The model; disposed with this.</param>
    /// <param name="name">What to call it.</param>
    public DrawModel(TrainedModel model, string name)
    {
        (Model, Name) = (model, name);
        Pictures = FindPictures(model);
        if (Pictures is not null)
        {
            _nearest = new NearestSamples(Pictures);
            UsualDistance = _nearest.UsualDistance((int)(MostComparisons / Pictures.Count) + 1, UsualShare);
        }
    }

    /// <summary>The model.</summary>
    public TrainedModel Model { get; }

    /// <summary>What to call it.</summary>
    public string Name { get; }

    /// <summary>The training pictures to compare with; null when they are not on this machine.</summary>
    public Dataset? Pictures { get; }

    /// <summary>How far training pictures at most are from each other's nearest.</summary>
    public double UsualDistance { get; }

    /// <summary>Looks at a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="pair">The classes to weigh against each other; null for the two likeliest.</param>
    /// <exception cref="DataException">It shows no digit.</exception>
    public DrawAnswer Look(GreyPicture picture, string name, (int For, int Against)? pair)
    {
        var prepared = Prepare(picture, name);
        var x = Model.Format.Convert(prepared.Pixels);
        var probabilities = Model.Predict(prepared.Pixels);
        var (most, second) = pair ?? TwoLikeliest(probabilities);
        var trace = SampleTrace.OfScores(Model.Network, x, Difference(Model.Network.Outputs, most, second));
        var near = _nearest?.Find(prepared.Pixels, Neighbours) ?? [];
        return new DrawAnswer
        {
            Steps = [.. prepared.Steps.Select(step => PictureState.Of(step.Name, step.Picture))],
            Crop = prepared.Crop,
            IsDigit = Model.Format.Preparation == Preparation.Digit,
            IsDarkOnLight = prepared.Polarity == Polarity.DarkOnLight,
            Scale = prepared.Scale,
            ShiftX = prepared.ShiftX,
            ShiftY = prepared.ShiftY,
            Probabilities = probabilities,
            For = most,
            Against = second,
            Gradient = SignedValues.Of(trace.InputGradient),
            Layers = [.. trace.Layers.Where(layer => layer.Layer is not Dropout)
                .Select(layer => new ActivationState(layer.Layer.Description, SignedValues.Of(layer.Y)))],
            Nearest = [.. near.Select(neighbour => new NearState(
                Model.ClassNames[Pictures!.Labels.Span[neighbour.Index]], neighbour.Distance,
                Pictures.Image(neighbour.Index).ToArray()))],
            UsualDistance = Pictures is null ? null : UsualDistance,
        };
    }

    /// <summary>Makes of a picture what the model's training pictures were, and shows each step.</summary>
    public PreparedDigit Prepare(GreyPicture picture, string name)
    {
        var format = Model.Format;
        if (format.Preparation == Preparation.Digit)
        {
            return DigitPreprocessor.Prepare(picture, name);
        }

        var pixels = PreparationOf.Picture(picture, format, name);
        return new PreparedDigit(pixels, Polarity.LightOnDark, new PixelRectangle(0, 0, picture.Width, picture.Height),
            (double)format.Width / picture.Width, 0, 0,
            [new("grey", picture), new("fitted", new GreyPicture(format.Width, format.Height, pixels))]);
    }

    public void Dispose() => Model.Dispose();

    /// <summary>The two likeliest classes.</summary>
    private static (int Most, int Second) TwoLikeliest(float[] probabilities)
    {
        var order = Enumerable.Range(0, probabilities.Length).OrderByDescending(i => probabilities[i]).Take(2).ToArray();
        return (order[0], order[1]);
    }

    /// <summary>Weights of the scores whose sum is one class's score less another's.</summary>
    private static float[] Difference(int outputs, int most, int second)
    {
        var dy = new float[outputs];
        if (outputs == 1)
        {
            // A yes-or-no network has one score, which speaks for class 1.
            dy[0] = most == 1 ? 1 : -1;
            return dy;
        }

        (dy[most], dy[second]) = (1, -1);
        return dy;
    }

    private static Dataset? FindPictures(TrainedModel model)
    {
        var name = DataSource.IsKnown(model.DatasetName) ? model.DatasetName : DatasetCatalog.Bundled.Name;
        var entry = DatasetCatalog.Find(name);
        var locations = DataLocations.FromEnvironment();
        var isHere = entry == DatasetCatalog.Bundled || DatasetCatalog.Locate(entry, locations) is not null;
        if (!isHere)
        {
            return null;
        }

        var train = DatasetCatalog.LoadAsync(entry, locations, null).GetAwaiter().GetResult().Train;
        return train.Features == model.Format.Features && train.ClassNames.SequenceEqual(model.ClassNames) ? train : null;
    }
}
