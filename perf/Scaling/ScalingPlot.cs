using System.Globalization;
using ScottPlot;
using ScratchNet.Cli.Bench;

namespace ScratchNet.Perf;

/// <summary>Draws a sweep: time and memory with their laws; both axes are logarithms, so that a law is a straight line.</summary>
internal static class ScalingPlot
{
    /// <summary>Writes a picture.</summary>
    /// <param name="file">Ends in <c>.svg</c> or <c>.png</c>.</param>
    /// <param name="sweep">What was varied.</param>
    /// <param name="time">Points in seconds, and their law.</param>
    /// <param name="memory">Points in bytes, and their law.</param>
    public static void Write(string file, ScalingSweep sweep, ((double X, double Y)[] Points, PowerLaw Law) time,
        ((double X, double Y)[] Points, PowerLaw Law) memory)
    {
        var picture = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Columns() };
        picture.AddPlots(2);
        var unit = sweep.IsWholeEpoch ? "milliseconds an epoch" : "milliseconds a step";
        Draw(picture.GetPlot(0), ("Time", sweep.Title, unit), 1e3, time.Points, time.Law);
        Draw(picture.GetPlot(1), ("Memory", sweep.Title, "megabytes planned"), 1e-6, memory.Points, memory.Law);
        BenchPlot.Save(file, picture);
    }

    private static void Draw(
        Plot plot, (string Above, string Below, string Left) titles, double scale, (double X, double Y)[] points, PowerLaw law)
    {
        double[] x = [.. points.Select(point => Math.Log10(point.X))];
        double[] y = [.. points.Select(point => Math.Log10(scale * point.Y))];
        double[] fitted = [.. points.Select(point => Math.Log10(scale * law.At(point.X)))];
        plot.Add.ScatterPoints(x, y).LegendText = "measured";
        var line = plot.Add.ScatterLine(x, fitted);
        line.LegendText = string.Create(CultureInfo.InvariantCulture, $"grows with the power {law.Exponent:F2}")
            + (law.StandardError is { } error ? string.Create(CultureInfo.InvariantCulture, $" ± {error:F2}") : "");
        line.Color = Colors.Gray;
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(x,
            [.. points.Select(point => point.X.ToString("0", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.TickGenerator = BenchPlot.Decades();
        plot.Title(titles.Above);
        plot.XLabel(titles.Below);
        plot.YLabel(titles.Left);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.Axes.Margins(0.1, 0.3);
    }
}
