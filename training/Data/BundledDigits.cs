using System.Numerics;
using StbImageSharp;

namespace ScratchNet.Training.Data;

/// <summary>
/// The digits that come with the program, so that it trains without a download: OpenCV's digits.png (Assets/ATTRIBUTION.md),
/// 5,000 digits of 20x20 pixels in 50 rows of 100, five rows a class. They are the first 500 of each class of MNIST's
/// training set, reduced from 28x28, and are enlarged to that size again.
/// </summary>
public static class BundledDigits
{
    private const int Classes = 10;
    private const int PerClass = 500;
    private const int TestPerClass = 100;
    private const int CellsPerRow = 100;
    private const int Train = Classes * (PerClass - TestPerClass);
    private const int Features = DigitEnlarger.Large * DigitEnlarger.Large;

    /// <summary>
    /// Loads them: of each class the first 400 for training and the last 100 for testing, so 4,000 and 1,000 of 28x28
    /// pixels. In both parts the classes take turns: example i is of class i mod 10, so any stretch of them is balanced.
    /// </summary>
    public static DatasetPair Load()
    {
        var sheet = DecodeSheet();
        var images = new byte[Classes * PerClass * Features];
        var labels = new byte[Classes * PerClass];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)(i % Classes);
        }

        // Each step enlarges as many digits at once as a vector has lanes; the last one ends at the last digit.
        var lanes = Vector<float>.Count;
        Parallel.For(0, (labels.Length + lanes - 1) / lanes, () => new DigitEnlarger(), (step, _, enlarger) =>
        {
            var first = Math.Min(step * lanes, labels.Length - lanes);
            for (var lane = 0; lane < lanes; lane++)
            {
                enlarger.SetSmall(lane, Cell(sheet, first + lane), sheet.Width);
            }

            enlarger.Enlarge();
            for (var lane = 0; lane < lanes; lane++)
            {
                enlarger.GetLarge(lane, images.AsSpan((first + lane) * Features, Features));
            }

            return enlarger;
        }, _ => { });

        string[] names = [.. Enumerable.Range(0, Classes).Select(c => c.ToString())];
        var all = new Dataset("digits", DigitEnlarger.Large, DigitEnlarger.Large, names, images, labels);
        return new DatasetPair(all.Slice(0, Train), all.Slice(Train, all.Count - Train));
    }

    /// <summary>The pixels from the corner of example i's cell on; its class is i mod 10, its place in that i / 10.</summary>
    private static ReadOnlySpan<byte> Cell(ImageResult sheet, int example)
    {
        var cell = example % Classes * PerClass + example / Classes;
        var (row, column) = (cell / CellsPerRow * DigitEnlarger.Small, cell % CellsPerRow * DigitEnlarger.Small);
        return sheet.Data.AsSpan(row * sheet.Width + column);
    }

    private static ImageResult DecodeSheet()
    {
        using var stream = typeof(BundledDigits).Assembly.GetManifestResourceStream("digits.png")
            ?? throw new InvalidOperationException("The resource digits.png is not in the assembly.");
        return ImageResult.FromStream(stream, ColorComponents.Grey);
    }
}
