using ScratchNet.Engine;
using ScratchNet.Training;
using ScratchNet.Training.Data;

namespace ScratchNet.Cli.Checks;

/// <summary>What networks are checked with: bundled digits where they fit, else random numbers.</summary>
/// <param name="X">Samples one after another.</param>
/// <param name="Labels">The right class of each.</param>
internal sealed record CheckSamples(float[] X, byte[] Labels)
{
    /// <summary>How many there are.</summary>
    public const int Count = 320;

    /// <summary>Samples that suit a network.</summary>
    public static CheckSamples For(Network network)
    {
        var digits = BundledDigits.Load().Train;
        if ((network.Inputs, network.Classes) == (digits.Features, digits.Classes))
        {
            var some = digits.Slice(0, Count);
            return new CheckSamples(new InputFormat(some.Height, some.Width).Convert(some.CopyImages()), some.Labels.ToArray());
        }

        var random = new Random(1);
        return new CheckSamples(
            [.. Enumerable.Range(0, Count * network.Inputs).Select(_ => random.NextSingle())],
            [.. Enumerable.Range(0, Count).Select(i => (byte)(i % network.Classes))]);
    }
}
