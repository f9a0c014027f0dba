using System.Globalization;
using ScratchNet.Kernels;
using ScratchNet.Training;
using Xunit;

namespace ScratchNet.Tests.Training;

public class TrainingOptionsTests
{
    [Fact]
    public void Distortions_that_no_picture_can_have_are_refused_before_a_run()
    {
        Distortion[] wrong =
        [
            new(RotationDegrees: 181), new(RotationDegrees: float.NaN), new(Scale: 2), new(ShiftPixels: float.PositiveInfinity),
            new(Shear: -1), new(ElasticAlpha: -1), new(ElasticAlpha: 1, ElasticSigma: 0),
        ];
        Assert.All(wrong, distortion => Assert.Throws<ArgumentException>(Options(distortion).Validate));
        Options(new Distortion(180, 1, 3, 1, 34, 5)).Validate();
        Options(new Distortion(ElasticSigma: 0)).Validate();
    }

    // As checkpoints have had it from the first: one of those is resumed under the same words only.
    [Fact]
    public void A_distortion_is_described_alike_in_every_culture()
    {
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = commas;
            var distortion = new Distortion(10, 0.12f, 1.5f, 0, 34, 5.5f);
            Assert.Contains("0,12", distortion.ToString(), StringComparison.Ordinal);
            Assert.Equal("Distortion { RotationDegrees = 10, Scale = 0.12, ShiftPixels = 1.5, Shear = 0, ElasticAlpha = 34, "
                + "ElasticSigma = 5.5, IsElastic = True }", (string?)Options(distortion).Describe()["distortion"]);
            Assert.Null(Options(null).Describe()["distortion"]);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static TrainingOptions Options(Distortion? distortion) => new() { Distortion = distortion };
}
