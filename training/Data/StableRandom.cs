namespace ScratchNet.Training.Data;

/// <summary>
/// Pseudo-random numbers that never change: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
/// OOPSLA 2014, figure 17). <see cref="System.Random"/> promises no fixed sequence from one .NET version to the next, and a
/// split that changes with it would move examples between training and validation.
/// </summary>
internal struct StableRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number in 0..bound-1: the high half of a 64x64-bit product, whose bias is below bound / 2^64.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Fisher-Yates: every order of the items is equally likely.</summary>
    public void Shuffle(Span<int> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
