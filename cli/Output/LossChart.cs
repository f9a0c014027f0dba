using System.Globalization;
using System.Text;

namespace ScratchNet.Cli.Output;

/// <summary>Two curves of the loss in characters, one of a healthy network and one of a broken one.</summary>
internal static class LossChart
{
    private const int Rows = 12;
    private const int Columns = 64;
    private const char Healthy = 'o';
    private const char Broken = 'x';
    private const char Both = '#';

    /// <summary>Draws the curves; a loss that is above the chart, or no number, is drawn at its top.</summary>
    public static IEnumerable<string> Draw(IReadOnlyList<double> healthy, IReadOnlyList<double> broken)
    {
        var top = 1.5 * healthy.Concat(broken.Take(1)).Where(double.IsFinite).Max();
        var steps = Math.Max(healthy.Count, broken.Count);
        var cells = new char[Rows, Columns];
        Plot(cells, healthy, Healthy, steps, top);
        Plot(cells, broken, Broken, steps, top);
        for (var row = 0; row < Rows; row++)
        {
            var line = new StringBuilder();
            var label = row % 3 == 0 || row == Rows - 1
                ? (top * (Rows - 1 - row) / (Rows - 1)).ToString("0.00", CultureInfo.InvariantCulture)
                : "";
            line.Append(label.PadLeft(7)).Append(" |");
            for (var column = 0; column < Columns; column++)
            {
                line.Append(cells[row, column] == '\0' ? ' ' : cells[row, column]);
            }

            yield return line.ToString().TrimEnd();
        }

        yield return new string(' ', 8) + "+" + new string('-', Columns);
        yield return $"{"",9}step 1{("step " + steps).PadLeft(Columns - 6)}";
        yield return $"{"",9}{Healthy} healthy   {Broken} with the fault   {Both} both";
    }

    private static void Plot(char[,] cells, IReadOnlyList<double> losses, char mark, int steps, double top)
    {
        for (var column = 0; column < Columns; column++)
        {
            var step = (int)((long)column * (steps - 1) / (Columns - 1));
            if (step >= losses.Count)
            {
                return;
            }

            var share = double.IsFinite(losses[step]) ? Math.Clamp(losses[step] / top, 0, 1) : 1;
            ref var cell = ref cells[Rows - 1 - (int)Math.Round(share * (Rows - 1)), column];
            cell = cell == '\0' || cell == mark ? mark : Both;
        }
    }
}
