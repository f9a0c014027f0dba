namespace ScratchNet.Training.Images;

/// <summary>Parts of ink that hang together, by side or corner.</summary>
internal static class InkParts
{
    /// <summary>Clears, in a (height x width) picture, every part whose mass is below a share of the heaviest part's.</summary>
    public static void RemoveSmall(float[] ink, int width, int height, double share)
    {
        var partOf = new int[ink.Length];
        var masses = new List<double> { 0 };
        for (var i = 0; i < ink.Length; i++)
        {
            if (ink[i] > 0 && partOf[i] == 0)
            {
                masses.Add(Fill(ink, width, height, i, partOf, masses.Count));
            }
        }

        var least = share * masses.Max();
        for (var i = 0; i < ink.Length; i++)
        {
            ink[i] = masses[partOf[i]] < least ? 0 : ink[i];
        }
    }

    /// <summary>Numbers the part that a pixel belongs to and returns its mass.</summary>
    private static double Fill(float[] ink, int width, int height, int start, int[] partOf, int number)
    {
        var mass = 0.0;
        var open = new Stack<int>([start]);
        partOf[start] = number;
        while (open.TryPop(out var i))
        {
            mass += ink[i];
            var (x, y) = (i % width, i / width);
            for (var ny = Math.Max(0, y - 1); ny <= Math.Min(height - 1, y + 1); ny++)
            {
                for (var nx = Math.Max(0, x - 1); nx <= Math.Min(width - 1, x + 1); nx++)
                {
                    var neighbour = ny * width + nx;
                    if (ink[neighbour] > 0 && partOf[neighbour] == 0)
                    {
                        partOf[neighbour] = number;
                        open.Push(neighbour);
                    }
                }
            }
        }

        return mass;
    }
}
