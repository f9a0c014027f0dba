using ScratchNet.Kernels;

namespace ScratchNet.Training;

/// <summary>The order of the samples in an epoch: a function of the seed and the epoch, so that a resumed run goes on with
/// it.</summary>
internal static class Shuffle
{
    /// <summary>
    /// Fills a span with a permutation of 0 .. length - 1 by Fisher and Yates' method (Knuth, TAOCP 2, algorithm 3.4.2P). The
    /// choice among n is the high word of word·n, whose bias is below n / 2^32: less than one part in 70,000 for MNIST.
    /// </summary>
    public static void Fill(Span<int> order, ulong seed, int epoch)
    {
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (var i = order.Length - 1; i > 0; i--)
        {
            var word = Philox.At(seed, RandomPurpose.Shuffle, 0, (uint)epoch, (ulong)i).X;
            var other = (int)(((ulong)word * (uint)(i + 1)) >> 32);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
