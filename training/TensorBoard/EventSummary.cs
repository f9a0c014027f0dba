using ScratchNet.Training.Images;
using ScratchNet.Training.Metrics;

namespace ScratchNet.Training.TensorBoard;

/// <summary>
/// What one event says: a <c>Summary</c> message (tensorflow/core/framework/summary.proto). A slash in a tag makes a group.
/// </summary>
public sealed class EventSummary
{
    // Fields of Summary, of its Value, and of the Image and the HistogramProto inside that.
    private const int Value = 1;
    private const int Tag = 1;
    private const int SimpleValue = 2;
    private const int Image = 4;
    private const int Histo = 5;

    private readonly ProtobufWriter _summary;

    internal EventSummary(ProtobufWriter summary) => _summary = summary;

    /// <summary>Adds a number.</summary>
    /// <param name="tag">The chart that it belongs to.</param>
    /// <param name="value">The number.</param>
    public void Scalar(string tag, double value) => Add(tag, message => message.Float(SimpleValue, (float)value));

    /// <summary>Adds a histogram.</summary>
    /// <param name="tag">The chart that it belongs to.</param>
    /// <param name="histogram">The histogram.</param>
    public void Histogram(string tag, Histogram histogram) => Add(tag, message => message.Message(Histo, histo =>
    {
        histo.Double(1, histogram.Min);
        histo.Double(2, histogram.Max);
        histo.Double(3, histogram.Total);
        histo.Double(4, histogram.Sum);
        histo.Double(5, histogram.SumOfSquares);
        histo.Doubles(6, [.. Enumerable.Range(0, histogram.Counts.Length).Select(histogram.UpperEdge)]);
        histo.Doubles(7, [.. histogram.Counts.Select(count => (double)count)]);
    }));

    /// <summary>Adds a grey picture.</summary>
    /// <param name="tag">What it is called.</param>
    /// <param name="pixels">height x width bytes, row by row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public void Picture(string tag, ReadOnlySpan<byte> pixels, int width, int height)
    {
        var png = PngFile.Encode(pixels, width, height);
        Add(tag, message => message.Message(Image, image =>
        {
            image.Integer(1, height);
            image.Integer(2, width);
            image.Integer(3, 1); // Colour space: grey.
            image.Data(4, png);
        }));
    }

    private void Add(string tag, Action<ProtobufWriter> content) => _summary.Message(Value, message =>
    {
        message.Text(Tag, tag);
        content(message);
    });
}
