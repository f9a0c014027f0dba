using System.Globalization;
using ScottPlot;
using ScratchNet.Kernels.Bench;
using SkiaSharp;

namespace ScratchNet.Cli.Bench;

/// <summary>What a device can reach at most.</summary>
/// <param name="Place">The device, and its number of threads, as rows name it.</param>
/// <param name="Gflops">The multiply-add peak.</param>
/// <param name="Gbps">The bandwidth out of cache.</param>
internal sealed record Roof(string Place, double Gflops, double Gbps);

/// <summary>
/// Draws what was measured: the ladder (each variant's speed at each size) and the roofline (speed against operations a byte,
/// under the two limits of each device). Touching this class loads the drawing library.
/// </summary>
internal static class BenchPlot
{
    private const int Width = 1600;
    private const int LeastHeight = 560;
    private const int LineHeight = 24;
    private const int MarginHeight = 130;

    /// <summary>What tells a dozen variants apart.</summary>
    private static readonly IPalette Colours = new ScottPlot.Palettes.Category20();

    /// <summary>Writes a picture.</summary>
    /// <param name="file">Ends in <c>.svg</c> or <c>.png</c>, in letters of either case.</param>
    /// <param name="rows">The rows; those without a figure are left out.</param>
    /// <param name="roofs">The limits of the devices whose limits are known.</param>
    public static void Write(string file, IReadOnlyList<BenchRow> rows, IReadOnlyList<Roof> roofs)
    {
        BenchRow[] measured = [.. rows.Where(row => row.Gflops is not null)];
        if (measured.Length == 0)
        {
            throw new FailureException("there is nothing to draw: no variant was measured");
        }

        string[] sizes = [.. measured.Select(SizeOf).Distinct()];
        var picture = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Columns() };
        picture.AddPlots(2);
        DrawLadder(picture.GetPlot(0), measured, sizes);
        DrawRoofline(picture.GetPlot(1), measured, roofs);
        var lines = Math.Max(sizes.Length, measured.DistinctBy(row => row.Title).Count() + roofs.Count);
        Save(file, picture, Math.Max(LeastHeight, (LineHeight * lines) + MarginHeight));
    }

    /// <summary>Writes a picture of one or two plots.</summary>
    /// <param name="file">Ends in <c>.svg</c> or <c>.png</c>, in letters of either case.</param>
    /// <param name="picture">The plots.</param>
    /// <param name="height">Its height in pixels.</param>
    public static void Save(string file, Multiplot picture, int height = LeastHeight)
    {
        if (Path.GetExtension(file).Equals(".svg", StringComparison.OrdinalIgnoreCase))
        {
            using var stream = File.Create(file);
            using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, height), stream);
            Render(canvas, picture, height);
        }
        else
        {
            using var bitmap = new SKBitmap(Width, height);
            using (var canvas = new SKCanvas(bitmap))
            {
                Render(canvas, picture, height);
            }

            using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
            using var stream = File.Create(file);
            png.SaveTo(stream);
        }
    }

    private static void Render(SKCanvas canvas, Multiplot picture, int height)
    {
        canvas.Clear(SKColors.White);
        picture.Render(canvas, new PixelRect(0, Width, height, 0));
    }

    /// <summary>A line of the picture for each size, so that its name can be read; a point for each variant.</summary>
    private static void DrawLadder(Plot plot, BenchRow[] rows, string[] sizes)
    {
        foreach (var (index, series) in rows.GroupBy(row => row.Title).Index())
        {
            double[] places = [.. series.Select(row => -(double)Array.IndexOf(sizes, SizeOf(row)))];
            Mark(plot.Add.ScatterPoints(SpeedsOf(series), places), index);
        }

        plot.Axes.Left.TickGenerator =
            new ScottPlot.TickGenerators.NumericManual([.. sizes.Select((_, i) => -(double)i)], sizes);
        plot.Axes.Bottom.TickGenerator = Decades();
        plot.Axes.SetLimitsY(0.5 - sizes.Length, 0.5);
        plot.Title("The ladder");
        plot.XLabel("GFLOP/s");
    }

    private static void DrawRoofline(Plot plot, BenchRow[] rows, IReadOnlyList<Roof> roofs)
    {
        foreach (var (index, series) in rows.GroupBy(row => row.Title).Index())
        {
            var points = plot.Add.ScatterPoints([.. series.Select(Intensity)], SpeedsOf(series));
            points.LegendText = series.Key;
            Mark(points, index);
        }

        // All roofs span the same intensities, and a little more than the points do.
        double[] intensities = [.. rows.Select(Intensity), .. roofs.Select(RidgeOf)];
        var (least, most) = (intensities.Min() - 0.5, intensities.Max() + 0.5);
        var patterns = LinePattern.GetAllPatterns();
        foreach (var (index, roof) in roofs.Index())
        {
            DrawRoof(plot, roof, least, most, patterns[index % patterns.Length]);
        }

        plot.Axes.Bottom.TickGenerator = Decades();
        plot.Axes.Left.TickGenerator = Decades();
        plot.Title("Roofline (bandwidth out of cache)");
        plot.XLabel("operations a byte");
        plot.YLabel("GFLOP/s");
        plot.ShowLegend(Edge.Right);
    }

    /// <summary>Below the ridge memory binds (slope 1 where both axes are logarithms), beyond it arithmetic.</summary>
    private static void DrawRoof(Plot plot, Roof roof, double least, double most, LinePattern pattern)
    {
        double[] corners = [least, RidgeOf(roof), most];
        var line = plot.Add.ScatterLine(corners, [least + Log(roof.Gbps), Log(roof.Gflops), Log(roof.Gflops)]);
        line.LegendText = string.Create(CultureInfo.InvariantCulture,
            $"{roof.Gflops:F0} GFLOP/s, {roof.Gbps:F0} GB/s ({roof.Place})");
        line.Color = Colors.Gray;
        line.LinePattern = pattern;
    }

    private static double RidgeOf(Roof roof) => Log(roof.Gflops / roof.Gbps);

    private static void Mark(ScottPlot.Plottables.Scatter points, int series)
    {
        points.Color = Colours.GetColor(series);
        points.MarkerSize = 8;
    }

    /// <summary>Ticks for an axis of logarithms.</summary>
    public static ITickGenerator Decades() => new DecadeTicks();

    private static double[] SpeedsOf(IEnumerable<BenchRow> rows) => [.. rows.Select(row => Log(row.Gflops!.Value))];

    private static double Intensity(BenchRow row) => Log(row.Gflops!.Value / row.Gbps!.Value);

    private static double Log(double value) => Math.Log10(value);

    private static string SizeOf(BenchRow row) => row.Sizes.Contains(row.Shape.Detail, StringComparison.OrdinalIgnoreCase)
        ? $"{row.Op} {row.Sizes}" : $"{row.Op} {row.Shape.Detail} {row.Sizes}";
}
