using ScratchNet.Training.Images;

namespace ScratchNet.Cli.Studio.Draw;

/// <summary>A grey picture for the browser.</summary>
internal sealed record PictureState(string Name, int Width, int Height, byte[] Pixels)
{
    private const int MostSide = 400;

    /// <summary>The picture; of one with far more pixels than are shown, only every so many-th.</summary>
    public static PictureState Of(string name, GreyPicture picture)
    {
        var step = (Math.Max(picture.Width, picture.Height) + MostSide - 1) / MostSide;
        var (width, height) = ((picture.Width + step - 1) / step, (picture.Height + step - 1) / step);
        var pixels = new byte[width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = picture.Pixels[(i / width * step * picture.Width) + (i % width * step)];
        }

        return new(name, width, height, pixels);
    }
}

/// <summary>What a layer gave.</summary>
internal sealed record ActivationState(string Name, SignedValues Values);

/// <summary>A training picture that looks like the drawing.</summary>
internal sealed record NearState(string Label, double Distance, byte[] Pixels);

/// <summary>What the network made of a picture.</summary>
internal sealed record DrawAnswer
{
    /// <summary>The picture after each step of its preparation; the last is what the network saw.</summary>
    public required IReadOnlyList<PictureState> Steps { get; init; }

    /// <summary>Where in the picture the digit is.</summary>
    public PixelRectangle Crop { get; init; }

    /// <summary>Whether a digit was looked for; else the picture was only fitted into the model's size.</summary>
    public bool IsDigit { get; init; }

    public bool IsDarkOnLight { get; init; }

    /// <summary>Pixels of the result for one of the picture.</summary>
    public double Scale { get; init; }

    /// <summary>How far centring by mass moved the digit.</summary>
    public int ShiftX { get; init; }

    public int ShiftY { get; init; }

    public float[] Probabilities { get; init; } = [];

    /// <summary>The class that the gradient speaks for.</summary>
    public int For { get; init; }

    /// <summary>The class that it speaks against.</summary>
    public int Against { get; init; }

    /// <summary>How the score of one less that of the other changes with each pixel.</summary>
    public SignedValues? Gradient { get; init; }

    public IReadOnlyList<ActivationState> Layers { get; init; } = [];

    public IReadOnlyList<NearState> Nearest { get; init; } = [];

    /// <summary>How far training pictures at most are from their nearest; null when there are none to compare with.</summary>
    public double? UsualDistance { get; init; }

    /// <summary>Why there is no digit in it; null when there is one.</summary>
    public string? WhyNone { get; init; }

    /// <summary>Time that the server took, in milliseconds.</summary>
    public double Milliseconds { get; init; }
}
