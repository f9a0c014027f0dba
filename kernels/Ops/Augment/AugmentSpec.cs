namespace ScratchNet.Kernels;

/// <summary>How far images are distorted. Zero everywhere leaves them as they are.</summary>
/// <param name="RotationDegrees">Rotation about the centre, uniform in ± this.</param>
/// <param name="Scale">Each axis is scaled by 1 + a number uniform in ± this.</param>
/// <param name="ShiftPixels">Each axis is shifted by a number uniform in ± this.</param>
/// <param name="Shear">Horizontal shear (columns a row), uniform in ± this.</param>
/// <param name="ElasticAlpha">Strength of the elastic field, in pixels before smoothing.</param>
/// <param name="ElasticSigma">Standard deviation of the Gaussian that smooths the field, in pixels.</param>
public readonly record struct Distortion(
    float RotationDegrees = 0f,
    float Scale = 0f,
    float ShiftPixels = 0f,
    float Shear = 0f,
    float ElasticAlpha = 0f,
    float ElasticSigma = 5f)
{
    /// <summary>Whether there is an elastic field.</summary>
    public bool IsElastic => ElasticAlpha > 0f;

    /// <summary>Throws unless every number is one that pictures can be distorted by.</summary>
    /// <exception cref="ArgumentException">One is not; the message names it and its range.</exception>
    public void Validate()
    {
        const string Name = AugmentSpec.Name;
        Check.InRange(Name, RotationDegrees, 0f, 180f);
        Check.InRange(Name, Scale, 0f, 1f);
        Check.InRange(Name, ShiftPixels, 0f, 1e6f);
        Check.InRange(Name, Shear, 0f, 1e3f);
        Check.InRange(Name, ElasticAlpha, 0f, 1e6f);
        if (IsElastic)
        {
            Check.InRange(Name, ElasticSigma, 0.1f, 1e3f);
        }
    }
}

/// <summary>
/// Arguments of distorting a batch of images: each output pixel is sampled, bilinearly, at an affine image of its position
/// plus a smooth random displacement (Simard, Steinkraus, Platt, "Best Practices for Convolutional Neural Networks Applied to
/// Visual Document Analysis", ICDAR 2003, section 2). What an image gets depends only on the seed, the epoch and its index in the
/// data set.
/// </summary>
/// <param name="X">Images, batch x (height·width).</param>
/// <param name="Indices">Index of each image in the data set.</param>
/// <param name="Y">Distorted images; overwritten. Must not overlap <paramref name="X"/>.</param>
/// <param name="Batch">Number of images.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Background">Value of everything outside an image.</param>
/// <param name="Distortion">How far to go.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Epoch">Which epoch: every epoch sees other distortions.</param>
public readonly record struct AugmentCall(
    BufferView<float> X,
    BufferView<int> Indices,
    BufferView<float> Y,
    int Batch,
    int Height,
    int Width,
    float Background,
    Distortion Distortion,
    ulong Seed,
    uint Epoch) : IOperationCall
{
    /// <inheritdoc/>
    public long Flops => (long)Batch * Height * Width
        * (20 + (Distortion.IsElastic ? 4 * (AugmentSpec.Terms(Distortion, Width) + AugmentSpec.Terms(Distortion, Height)) : 0));

    /// <inheritdoc/>
    public Traffic Traffic => new(
        sizeof(float) * (long)Batch * Height * Width, Written: sizeof(float) * (long)Batch * Height * Width);

    /// <inheritdoc/>
    public string Shape => $"{Batch}x{Height}x{Width}";

    /// <inheritdoc/>
    public void Validate()
    {
        const string Name = AugmentSpec.Name;
        Check.Positive(Name, Batch);
        Check.Positive(Name, Height);
        Check.Positive(Name, Width);
        Check.Holds(Name, X, (long)Batch * Height * Width);
        Check.Holds(Name, Y, (long)Batch * Height * Width);
        Check.Holds(Name, Indices, Batch);
        Distortion.Validate();
    }
}

/// <summary>Affine and elastic distortion of images.</summary>
public static class AugmentSpec
{
    internal const string Name = "augment";

    /// <summary>The operation and its variants.</summary>
    public static Operation<AugmentCall> Operation { get; } = new(
        Name,
        "y(p) = bilinear x at A·(p - centre) + centre + shift + alpha·gauss(sigma) * u(p)",
        [
            new("reference", "plain loops", AugmentReference.Run),
            new("simd", "noise, blur and sampling of sixteen pixels at a time", AugmentSimd.Run),
            new("pixel-per-thread", "one thread a pixel", AugmentGpu.Run,
                () => [AugmentGpu.Noise, AugmentGpu.SmoothRows, AugmentGpu.Sample]),
        ]);

    /// <summary>How many pixels the Gaussian reaches to either side: three standard deviations hold 99.7 % of it.</summary>
    /// <param name="sigma">Standard deviation, in pixels.</param>
    public static int Radius(float sigma) => (int)MathF.Ceiling(3f * sigma);

    /// <summary>Values that a smoothed one is a sum of, along a line of n that is folded where that makes them fewer.</summary>
    internal static long Terms(in Distortion distortion, int n) =>
        Math.Min((2L * Radius(distortion.ElasticSigma)) + 1, (n + 1) / 2);
}
