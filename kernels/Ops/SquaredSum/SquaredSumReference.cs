using System.Numerics;

namespace ScratchNet.Kernels;

/// <summary>The sum of squares as a plain loop.</summary>
public static class SquaredSumReference
{
    /// <summary>The sum over i of x[i]².</summary>
    /// <param name="x">The values.</param>
    /// <typeparam name="T">float or double.</typeparam>
    public static T Compute<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var value in x)
        {
            sum += value * value;
        }

        return sum;
    }

    internal static void Run(CpuBackend backend, in SquaredSumCall call) =>
        call.Sum.AsSpan()[0] = Compute<float>(call.X.AsSpan()[..call.Count]);
}
