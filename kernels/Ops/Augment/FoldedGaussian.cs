namespace ScratchNet.Kernels;

/// <summary>
/// A Gaussian along a line of n values, n x n weights by distance, reduced to two matrices of a quarter of that size each.
/// </summary>
/// <param name="n">Length of the line.</param>
/// <param name="weights">The weight w of each distance, from 0 on; of those further away it is 0.</param>
/// <remarks>
/// <para>A Gaussian is symmetric. Fold a line u at its middle into the sums e[k] = u[k] + u[n-1-k] and the differences
/// o[k] = u[k] - u[n-1-k] of its first half, and its smoothed values s likewise. Then</para>
/// <code>
/// E[i] = (s[i] + s[n-1-i])/2 = sum over k of (w(|i - k|) + w(|n - 1 - i - k|))/2 · e[k]
/// O[i] = (s[i] - s[n-1-i])/2 = sum over k of (w(|i - k|) - w(|n - 1 - i - k|))/2 · o[k]
/// </code>
/// <para>so s[i] = E[i] + O[i] and s[n-1-i] = E[i] - O[i]. Where n is odd, the middle value is folded onto itself and counts
/// twice, so its weights are halved. Both formulas hold for i past the middle too, to the same bits, so whole vectors may reach
/// beyond it.</para>
/// </remarks>
internal sealed class FoldedGaussian(int n, float[] weights)
{
    private readonly int _half = (n + 1) / 2;

    /// <summary>Which folded values so many results, from the first on, depend on: from one place to before another.</summary>
    public (int From, int To) Reach(int first, int count)
    {
        var radius = weights.Length - 1;
        return (Math.Max(0, Math.Min(first, n - first - count) - radius), Math.Min(_half, first + count + radius));
    }

    /// <summary>Row k has the weights of value k in so many results: those for sums, then those for differences.</summary>
    public float[] ByValue(int results)
    {
        var matrix = new float[_half * 2 * results];
        for (var k = 0; k < _half; k++)
        {
            for (var i = 0; i < Math.Min(results, n); i++)
            {
                var at = (2 * k * results) + i;
                (matrix[at], matrix[at + results]) = Of(i, k);
            }
        }

        return matrix;
    }

    /// <summary>
    /// Row i has the weights of all values in result i, times a scale: that for a sum, then that for a difference. There is a row
    /// of zeros at the end, for results that are made two at a time.
    /// </summary>
    public float[] ByResult(float scale)
    {
        var matrix = new float[(_half + 1) * 2 * _half];
        for (var i = 0; i < _half; i++)
        {
            for (var k = 0; k < _half; k++)
            {
                var (sum, difference) = Of(i, k);
                var at = (2 * i * _half) + (2 * k);
                (matrix[at], matrix[at + 1]) = (scale * sum, scale * difference);
            }
        }

        return matrix;
    }

    private (float Sum, float Difference) Of(int i, int k)
    {
        var (direct, mirrored) = (Weight(i - k), Weight(n - 1 - i - k));
        var share = 2 * k == n - 1 ? 0.25f : 0.5f;
        return (share * (direct + mirrored), share * (direct - mirrored));
    }

    private float Weight(int offset) => Math.Abs(offset) < weights.Length ? weights[Math.Abs(offset)] : 0f;
}
