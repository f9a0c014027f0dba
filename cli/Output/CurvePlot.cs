namespace ScratchNet.Cli.Output;

/// <summary>Two curves of a run, for training and validation, as lines of text with an axis at their left.</summary>
internal static class CurvePlot
{
    /// <summary>Columns of the axis' figures.</summary>
    private const int AxisWidth = 7;

    /// <summary>The fewest columns, axis included, on which a curve can be told from a line.</summary>
    public const int LeastWidth = AxisWidth + 1 + 4;

    // Where the greatest value is so many times the least, a logarithmic axis shows more.
    private const double WideSpread = 8;

    /// <summary>Draws both curves.</summary>
    /// <param name="width">Columns, axis included; at least <see cref="LeastWidth"/>.</param>
    /// <param name="height">Rows.</param>
    /// <param name="epochs">Epochs of the whole run, which the x axis spans.</param>
    /// <param name="curves">Epoch and value; the later curve lies on top, and the first has colour 1.</param>
    /// <param name="format">Writes a value at the axis.</param>
    /// <param name="paint">Gives a text a colour.</param>
    public static string[] Draw(int width, int height, int epochs, (double Epoch, double Value)[][] curves,
        Func<double, string> format, Func<string, int, string> paint)
    {
        var values = curves.SelectMany(curve => curve).Select(point => point.Value).Where(double.IsFinite).ToArray();
        var (min, max) = values.Length == 0 ? (0, 1) : (values.Min(), values.Max());
        var isLogarithmic = min > 0 && max > WideSpread * min;
        var chart = new BrailleChart(width - AxisWidth - 1, height);
        for (var i = 0; i < curves.Length; i++)
        {
            chart.Add(curves[i].Where(point => double.IsFinite(point.Value)).Select(point =>
                ((point.Epoch - 1) / Math.Max(1, epochs - 1), Place(point.Value))), i + 1);
        }

        return [.. Enumerable.Range(0, height).Select(row => Axis(row).PadLeft(AxisWidth) + " " + chart.Line(row, paint))];

        double Place(double value) => max <= min ? 0.5
            : isLogarithmic ? Math.Log(value / min) / Math.Log(max / min)
            : (value - min) / (max - min);

        string Axis(int row) => values.Length == 0 ? "" : row == 0 ? format(max) : row == height - 1 ? format(min) : "";
    }
}
