using System.Text;

namespace ScratchNet.Cli.Output;

/// <summary>
/// A chart of lines in text: a character of Unicode's Braille patterns holds two columns and four rows of dots, so that some
/// 30 x 5 characters draw 60 x 20 dots. Where two lines meet in a character, it has the colour of the later one.
/// </summary>
/// <param name="columns">Characters across.</param>
/// <param name="rows">Characters down.</param>
internal sealed class BrailleChart(int columns, int rows)
{
    private const char Empty = '\u2800';
    private const int Across = 2;
    private const int Down = 4;

    // The bit of each dot, by row and column (Unicode 15, section 21.1: dots 1 to 8).
    private static readonly int[,] Bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    private readonly int[] _dots = new int[columns * rows];
    private readonly int[] _colours = new int[columns * rows];

    /// <summary>Draws a line through points.</summary>
    /// <param name="points">x and y, each from 0 to 1; y upwards. In the order of x.</param>
    /// <param name="colour">A number above 0 that <see cref="Line"/> is asked to paint.</param>
    public void Add(IEnumerable<(double X, double Y)> points, int colour)
    {
        (int X, int Y)? before = null;
        foreach (var (px, py) in points)
        {
            var (x, y) = (Place(px, columns * Across), Place(1 - py, rows * Down));
            var (x0, y0) = before ?? (x, y);
            var steps = Math.Max(1, Math.Max(Math.Abs(x - x0), Math.Abs(y - y0)));
            for (var step = 0; step <= steps; step++)
            {
                Dot(x0 + ((x - x0) * step / steps), y0 + ((y - y0) * step / steps), colour);
            }

            before = (x, y);
        }
    }

    /// <summary>A row of characters.</summary>
    /// <param name="row">The row, from the top.</param>
    /// <param name="paint">Gives a text a colour.</param>
    public string Line(int row, Func<string, int, string> paint)
    {
        var line = new StringBuilder();
        for (var start = row * columns; start < (row + 1) * columns;)
        {
            var end = start;
            while (end < (row + 1) * columns && _colours[end] == _colours[start])
            {
                end++;
            }

            var text = string.Concat(_dots[start..end].Select(dots => (char)(Empty + dots)));
            line.Append(_colours[start] == 0 ? text : paint(text, _colours[start]));
            start = end;
        }

        return line.ToString();
    }

    private static int Place(double share, int dots) => (int)Math.Round(Math.Clamp(share, 0, 1) * (dots - 1));

    private void Dot(int x, int y, int colour)
    {
        var cell = (y / Down * columns) + (x / Across);
        _dots[cell] |= Bits[y % Down, x % Across];
        _colours[cell] = colour;
    }
}
