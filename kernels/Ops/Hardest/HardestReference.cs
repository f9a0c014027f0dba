using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>The samples with the largest losses, by plain loops.</summary>
public static class HardestReference
{
    /// <summary>Chooses candidates by loss, the largest first.</summary>
    /// <param name="losses">The loss of each candidate.</param>
    /// <param name="chosen">Receives the places of as many as fit in; overwritten.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static void Compute<T>(ReadOnlySpan<T> losses, Span<int> chosen)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < losses.Length; i++)
        {
            var mine = KeyOf(losses[i]);
            var rank = 0;
            for (var j = 0; j < losses.Length; j++)
            {
                var other = KeyOf(losses[j]);
                rank += other > mine || (other == mine && j < i) ? 1 : 0;
            }

            if (rank < chosen.Length)
            {
                chosen[rank] = i;
            }
        }
    }

    /// <summary>What a loss is compared by: NaN, which compares with nothing, is as bad as a loss can be.</summary>
    internal static T KeyOf<T>(T loss)
        where T : IFloatingPointIeee754<T> => T.IsNaN(loss) ? T.PositiveInfinity : loss;

    internal static void Run(CpuBackend backend, in HardestCall call)
    {
        var places = new int[call.Chosen];
        Compute<float>(call.Losses.AsSpan()[..call.Candidates], places);
        for (var i = 0; i < places.Length; i++)
        {
            call.ChosenRows.AsSpan()[i] = call.Rows.AsSpan()[places[i]];
            call.ChosenSamples.AsSpan()[i] = call.Samples.AsSpan()[places[i]];
        }
    }
}
