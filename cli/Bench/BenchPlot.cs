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
    private const int Width = 1200;
    private const int Height = 520;

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

        var picture = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Columns() };
        picture.AddPlots(2);
        DrawLadder(picture.GetPlot(0), measured);
        DrawRoofline(picture.GetPlot(1), measured, gflops, gbps);
        Save(file, picture);
    }

    /// <summary>Writes a picture of one or two plots.</summary>
    /// <param name="file">Ends in <c>.svg</c> or <c>.png</c>.</param>
    /// <param name="picture">The plots.</param>
    public static void Save(string file, Multiplot picture)
    {
        if (Path.GetExtension(file) == ".svg")
        {
            using var stream = File.Create(file);
            using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream);
            Render(canvas, picture);
        }
        else
        {
            using var bitmap = new SKBitmap(Width, Height);
            using (var canvas = new SKCanvas(bitmap))
            {
                Render(canvas, picture);
            }

            using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
            using var stream = File.Create(file);
            png.SaveTo(stream);
        }
    }

    private static void Render(SKCanvas canvas, Multiplot picture)
    {
        canvas.Clear(SKColors.White);
        picture.Render(canvas, new PixelRect(0, Width, Height, 0));
    }

    private static void DrawLadder(Plot plot, BenchRow[] rows)
    {
        string[] sizes = [.. rows.Select(SizeOf).Distinct()];
        foreach (var series in rows.GroupBy(NameOf))
        {
            double[] places = [.. series.Select(row => (double)Array.IndexOf(sizes, SizeOf(row)))];
            var line = plot.Add.Scatter(places, SpeedsOf(series));
            line.LegendText = series.Key;
        }

        plot.Axes.Bottom.TickGenerator =
            new ScottPlot.TickGenerators.NumericManual([.. sizes.Select((_, i) => (double)i)], sizes);
        plot.Axes.Left.TickGenerator = Decades();
        plot.Axes.Bottom.TickLabelStyle.Rotation = sizes.Length > 4 ? 20 : 0;
        plot.Title("The ladder");
        plot.YLabel("GFLOP/s");
        plot.ShowLegend(Alignment.UpperLeft);
        plot.Axes.Margins(0.15, 0.3);
    }

    private static void DrawRoofline(Plot plot, BenchRow[] rows, double? gflops, double? gbps)
    {
        foreach (var series in rows.GroupBy(NameOf))
        {
            double[] intensities = [.. series.Select(row => Log(row.Gflops!.Value / row.Gbps!.Value))];
            plot.Add.ScatterPoints(intensities, SpeedsOf(series));
        }

        if (gflops is { } peak && gbps is { } bandwidth)
        {
            // Below the ridge memory binds (slope 1 where both axes are logarithms), beyond it arithmetic.
            var ridge = peak / bandwidth;
            var (least, most) = (ridge / 1000, ridge * 1000);
            double[] intensities = [Log(least), Log(ridge), Log(most)];
            var roof = plot.Add.ScatterLine(intensities, [Log(least * bandwidth), Log(peak), Log(peak)]);
            roof.LegendText = FormattableString.Invariant($"{peak:F0} GFLOP/s, {bandwidth:F0} GB/s out of cache");
            roof.Color = Colors.Gray;
            plot.ShowLegend(Alignment.LowerRight);
        }

        plot.Axes.Bottom.TickGenerator = Decades();
        plot.Axes.Left.TickGenerator = Decades();
        plot.Title("Roofline");
        plot.XLabel("operations a byte");
        plot.YLabel("GFLOP/s");
    }

    /// <summary>Ticks for an axis of logarithms.</summary>
    public static ScottPlot.TickGenerators.NumericAutomatic Decades() => new()
    {
        IntegerTicksOnly = true,
        LabelFormatter = exponent => FormattableString.Invariant($"{Math.Pow(10, exponent):G4}"),
    };

    private static double[] SpeedsOf(IEnumerable<BenchRow> rows) => [.. rows.Select(row => Log(row.Gflops!.Value))];

    private static double Log(double value) => Math.Log10(value);

    private static string NameOf(BenchRow row) => $"{row.Variant} ({row.Place})";

    private static string SizeOf(BenchRow row) =>
        $"{row.Op} {(row.Sizes.Contains(row.Shape.Detail) ? "" : row.Shape.Detail)}\n{row.Sizes}";
}
