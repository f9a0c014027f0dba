namespace ScratchNet.Cli.Studio.Train;

/// <summary>
/// Loss and accuracy over the steps of a run, in a limited number of points: when there are too many, neighbours merge.
/// </summary>
internal sealed class Curve
{
    private const int MostPoints = 480;

    // A rest of less than one part in so many of the point before is added to that point.
    private const int FewestShare = 4;

    private readonly List<Point> _points = [];
    private int _merged = 1;

    /// <summary>Samples' worth of a curve: totals over the steps since the point before.</summary>
    /// <param name="Step">The last of those steps.</param>
    /// <param name="Samples">Samples in them.</param>
    /// <param name="Loss">Sum of their losses.</param>
    /// <param name="Correct">How many were classified rightly.</param>
    /// <param name="Parts">How many points were merged into this one.</param>
    private readonly record struct Point(long Step, long Samples, double Loss, double Correct, int Parts);

    /// <summary>Adds what the steps since the last call came to.</summary>
    /// <param name="step">The last step.</param>
    /// <param name="samples">Samples in those steps, at least 1.</param>
    /// <param name="loss">Sum of their losses.</param>
    /// <param name="correct">How many were classified rightly.</param>
    public void Add(long step, long samples, double loss, double correct)
    {
        if (_points is [.., var last] && last.Parts < _merged)
        {
            _points[^1] = new Point(step, last.Samples + samples, last.Loss + loss, last.Correct + correct, last.Parts + 1);
            return;
        }

        _points.Add(new Point(step, samples, loss, correct, 1));
        if (_points.Count > MostPoints)
        {
            Halve();
        }
    }

    /// <summary>
    /// Adds the rest of steps that came to a halt: so few of them make no point of their own, which would be a spike of noise.
    /// </summary>
    /// <inheritdoc cref="Add"/>
    public void AddRest(long step, long samples, double loss, double correct)
    {
        if (_points is [.., var last] && last.Samples > FewestShare * samples)
        {
            _points[^1] = last with
            {
                Step = step, Samples = last.Samples + samples, Loss = last.Loss + loss, Correct = last.Correct + correct,
            };
            return;
        }

        Add(step, samples, loss, correct);
    }

    /// <summary>The points for a chart.</summary>
    public CurveState Read() => new(
        [.. _points.Select(point => point.Step)],
        [.. _points.Select(point => Finite(point.Loss / point.Samples))],
        [.. _points.Select(point => Finite(point.Correct / point.Samples))]);

    /// <summary>A number, or null where JSON has no word for it.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private void Halve()
    {
        _merged *= 2;
        var old = _points.ToArray();
        _points.Clear();
        for (var i = 0; i < old.Length; i += 2)
        {
            var (a, b) = (old[i], i + 1 < old.Length ? old[i + 1] : default);
            _points.Add(new Point(Math.Max(a.Step, b.Step), a.Samples + b.Samples, a.Loss + b.Loss, a.Correct + b.Correct,
                a.Parts + b.Parts));
        }
    }
}

/// <summary>A curve for the browser.</summary>
/// <param name="Steps">The last step of each point.</param>
/// <param name="Loss">Mean loss of the steps since the point before.</param>
/// <param name="Accuracy">Their share of right answers.</param>
internal sealed record CurveState(long[] Steps, double?[] Loss, double?[] Accuracy);
