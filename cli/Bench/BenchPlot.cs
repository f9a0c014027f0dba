using System.Globalization;
using ScottPlot;
using ScratchNet.Kernels.Bench;
using SkiaSharp;

namespace ScratchNet.Cli.Bench;

/// <summary>
/// Draws what was measured: the ladder (each variant's speed at each size) and the roofline (speed against operations a byte,
/// under the device's two limits). Touching this class loads the drawing library.
/// </summary>
internal static class BenchPlot
{
    private const int Width = 1280;
    private const int LeastHeight = 560;
    private const int SizeHeight = 24;
    private const int MarginHeight = 130;

    /// <summary>What tells a dozen variants apart.</summary>
    private static readonly IPalette Colours = new ScottPlot.Palettes.Category20();

    /// <summary>Writes a picture.</summary>
    /// <param name="file">Ends in <c>.svg</c> or <c>.png</c>.</param>
    /// <param name="rows">The rows; those without a figure are left out.</param>
    /// <param name="gflops">The multiply-add peak, where one is known.</param>
    /// <param name="gbps">The bandwidth out of cache, where one is known.</param>
    public static void Write(string file, IReadOnlyList<BenchRow> rows, double? gflops, double? gbps)
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
        DrawRoofline(picture.GetPlot(1), measured, gflops, gbps);
        Save(file, picture, Math.Max(LeastHeight, (SizeHeight * sizes.Length) + MarginHeight));
    }

    /// <summary>Writes a picture of one or two plots.</summary>
    /// <param name="file">Ends in <c>.svg</c> or <c>.png</c>.</param>
    /// <param name="picture">The plots.</param>
    /// <param name="height">Its height in pixels.</param>
    public static void Save(string file, Multiplot picture, int height = LeastHeight)
    {
        if (Path.GetExtension(file) == ".svg")
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
        foreach (var (index, series) in rows.GroupBy(NameOf).Index())
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

    private static void DrawRoofline(Plot plot, BenchRow[] rows, double? gflops, double? gbps)
    {
        foreach (var (index, series) in rows.GroupBy(NameOf).Index())
        {
            var points = plot.Add.ScatterPoints([.. series.Select(Intensity)], SpeedsOf(series));
            points.LegendText = series.Key;
            Mark(points, index);
        }

        if (gflops is { } peak && gbps is { } bandwidth)
        {
            // Below the ridge memory binds (slope 1 where both axes are logarithms), beyond it arithmetic.
            var ridge = Log(peak / bandwidth);
            var (least, most) = (Math.Min(ridge, rows.Min(Intensity)) - 0.5, Math.Max(ridge, rows.Max(Intensity)) + 0.5);
            double[] corners = [least, ridge, most];
            var roof = plot.Add.ScatterLine(corners, [least + Log(bandwidth), Log(peak), Log(peak)]);
            roof.LegendText = FormattableString.Invariant($"{peak:F0} GFLOP/s, {bandwidth:F0} GB/s out of cache");
            roof.Color = Colors.Gray;
        }

        plot.Axes.Bottom.TickGenerator = Decades();
        plot.Axes.Left.TickGenerator = Decades();
        plot.Title("Roofline");
        plot.XLabel("operations a byte");
        plot.YLabel("GFLOP/s");
        plot.ShowLegend(Edge.Bottom);
    }

    private static void Mark(ScottPlot.Plottables.Scatter points, int series)
    {
        points.Color = Colours.GetColor(series);
        points.MarkerSize = 8;
    }

    /// <summary>Ticks for an axis of logarithms.</summary>
    public static ScottPlot.TickGenerators.NumericAutomatic Decades() => new()
    {
        IntegerTicksOnly = true,
        LabelFormatter = exponent => Math.Pow(10, exponent).ToString("#,0.######", CultureInfo.InvariantCulture),
    };

    private static double[] SpeedsOf(IEnumerable<BenchRow> rows) => [.. rows.Select(row => Log(row.Gflops!.Value))];

    private static double Intensity(BenchRow row) => Log(row.Gflops!.Value / row.Gbps!.Value);

    private static double Log(double value) => Math.Log10(value);

    private static string NameOf(BenchRow row) => $"{row.Variant} ({row.Place})";

    private static string SizeOf(BenchRow row) => row.Sizes.Contains(row.Shape.Detail, StringComparison.OrdinalIgnoreCase)
        ? $"{row.Op} {row.Sizes}" : $"{row.Op} {row.Shape.Detail} {row.Sizes}";
}
