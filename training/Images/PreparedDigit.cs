namespace ScratchNet.Training.Images;

/// <summary>Which of ink and paper is the darker.</summary>
public enum Polarity
{
    /// <summary>Dark ink on light paper, as written by hand.</summary>
    DarkOnLight,

    /// <summary>Light ink on dark ground, as MNIST has it.</summary>
    LightOnDark,
}

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelRectangle(int X, int Y, int Width, int Height);

/// <summary>A picture on its way to a network, to be shown.</summary>
/// <param name="Name">What has been done.</param>
/// <param name="Picture">What came out.</param>
public sealed record PreparationStep(string Name, GreyPicture Picture);

/// <summary>A digit as MNIST has them, and how the picture became it.</summary>
/// <param name="Pixels">(28 x 28) bytes, light ink on black.</param>
/// <param name="Polarity">What the picture was.</param>
/// <param name="Crop">Where its digit was.</param>
/// <param name="Scale">Pixels of the result for one of the picture.</param>
/// <param name="ShiftX">Columns by which centring by mass moved the digit from the middle.</param>
/// <param name="ShiftY">Rows by which centring by mass moved the digit from the middle.</param>
/// <param name="Steps">Every step's picture, in order; the last is the result.</param>
public sealed record PreparedDigit(byte[] Pixels, Polarity Polarity, PixelRectangle Crop, double Scale,
    int ShiftX, int ShiftY, IReadOnlyList<PreparationStep> Steps);
