namespace ScratchNet.Perf;

/// <summary>y = a·x^b, fitted by least squares to the logarithms.</summary>
/// <param name="Factor">a.</param>
/// <param name="Exponent">b: how fast y grows; 1 is in proportion.</param>
/// <param name="StandardError">Of b, from how far the points lie off the line; null with fewer than three.</param>
/// <param name="Points">How many.</param>
internal sealed record PowerLaw(double Factor, double Exponent, double? StandardError, int Points)
{
    /// <summary>The value at x.</summary>
    public double At(double x) => Factor * Math.Pow(x, Exponent);

    /// <summary>Fits at least two points with different x; all numbers above 0.</summary>
    public static PowerLaw Fit(IReadOnlyList<(double X, double Y)> points)
    {
        double[] x = [.. points.Select(point => Math.Log(point.X))];
        double[] y = [.. points.Select(point => Math.Log(point.Y))];
        var (meanX, meanY) = (x.Average(), y.Average());
        var square = x.Sum(value => (value - meanX) * (value - meanX));
        var slope = x.Zip(y, (u, v) => (u - meanX) * (v - meanY)).Sum() / square;
        var residual = x.Zip(y, (u, v) => Math.Pow(v - meanY - (slope * (u - meanX)), 2)).Sum();
        return new(Math.Exp(meanY - (slope * meanX)), slope,
            points.Count > 2 ? Math.Sqrt(residual / (points.Count - 2) / square) : null, points.Count);
    }
}
