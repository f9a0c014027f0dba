using System.Diagnostics;

namespace ScratchNet.Kernels.Bench;

/// <summary>
/// How far apart two cores are: the time in which a word that a thread writes is answered by another. Cores with a cache in common
/// answer within some 150 ns, others in 400 and more, and whatever two threads exchange takes as much longer. The cores of a
/// virtual machine may be now the one, now the other.
/// </summary>
internal sealed class CoreDistance
{
    private const int Words = 200;
    private const int Batches = 100;
    private const long Over = -1;

    /// <summary>A thread that has waited so often gives its core away: there may be no other.</summary>
    private const int LooksBeforeYield = 10_000;

    private PaddedLong _asked;
    private PaddedLong _answered;

    private CoreDistance()
    {
    }

    /// <summary>The time for a word and its answer in nanoseconds, the fastest of several; null where there is one core.</summary>
    public static double? RoundTripNanoseconds() => Environment.ProcessorCount > 1 ? new CoreDistance().Measure() : null;

    private double Measure()
    {
        var other = new Thread(Answer) { IsBackground = true, Name = "ScratchNet answers" };
        other.Start();
        var best = double.PositiveInfinity;
        for (var batch = 0; batch < Batches; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 1; i <= Words; i++)
            {
                var word = (batch * (long)Words) + i;
                Volatile.Write(ref _asked.Value, word);
                WaitForOther(ref _answered.Value, than: word - 1);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Words);
        }

        Volatile.Write(ref _asked.Value, Over);
        other.Join();
        return best;
    }

    private void Answer()
    {
        for (var word = 0L; word != Over;)
        {
            word = WaitForOther(ref _asked.Value, than: word);
            Volatile.Write(ref _answered.Value, word);
        }
    }

    private static long WaitForOther(ref long place, long than)
    {
        for (var looks = 1; ; looks++)
        {
            if (Volatile.Read(ref place) is var word && word != than)
            {
                return word;
            }

            if (looks % LooksBeforeYield == 0)
            {
                Thread.Yield();
            }
        }
    }
}
