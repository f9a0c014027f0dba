using System.Diagnostics;
using ScratchNet.Cli.Studio.Server;
using ScratchNet.Cli.Studio.Train;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>
/// The playground's run. Like the Train page's it lives here and all tabs see it. Its networks have some dozen weights, for
/// which a GPU would only be slower, so it has a backend of one thread. Members but <see cref="Feed"/> are called on the
/// session's thread.
/// </summary>
internal sealed class PlaygroundSession : IDisposable
{
    private static readonly TimeSpan StateInterval = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    private readonly CpuBackend _backend = new(1);
    private Fingerprints _fingerprints = new();
    private PlaygroundSettings _settings = PlaygroundSettings.Default;
    private PlaygroundNet _net;
    private Curve _curve = new();
    private Curve _testCurve = new();
    private bool _isRunning;
    private string? _message;
    private int _number;
    private int _stepsPerSecond = 100;
    private (long Time, long Step) _paceFrom;
    private long _stateAt;

    /// <summary>Prepares the network that everybody begins with.</summary>
    public PlaygroundSession() => _net = Build(_settings, MakePoints(_settings, null));

    /// <summary>What browsers see.</summary>
    public Feed Feed { get; } = new();

    /// <summary>Begins anew with other settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="own">A person's own points; null keeps those that there are.</param>
    /// <exception cref="RequestException">There is nothing to learn in the points; everything stays as it was.</exception>
    public void Change(PlaygroundSettings settings, IReadOnlyList<LabelledPoint>? own)
    {
        var points = MakePoints(settings, own);
        var keepsNetwork = settings == _settings with { Data = settings.Data, Noise = settings.Noise }
            && settings.Data == PlaygroundSettings.OwnData && _settings.Data == PlaygroundSettings.OwnData
            && points.Classes == _net.Points.Classes;
        _settings = settings;
        if (keepsNetwork)
        {
            _net.ReplacePoints(points);
            PublishSetup();
            Publish();
            return;
        }

        Begin(points);
    }

    /// <summary>Lets the run go on, or stand still.</summary>
    public void SetRunning(bool isRunning)
    {
        (_isRunning, _message) = (isRunning, null);
        _paceFrom = (Stopwatch.GetTimestamp(), _net.Step);
        Rest();
    }

    /// <summary>Chooses the speed.</summary>
    /// <param name="stepsPerSecond">Steps a second; 0 for as many as possible.</param>
    public void SetPace(int stepsPerSecond)
    {
        _stepsPerSecond = stepsPerSecond;
        _paceFrom = (Stopwatch.GetTimestamp(), _net.Step);
        Publish();
    }

    /// <summary>Makes one step.</summary>
    public void Step()
    {
        _isRunning = false;
        _net.MakeStep();
        Rest();
    }

    /// <summary>Goes back to the first weights.</summary>
    public void Rewind()
    {
        var fingerprints = _fingerprints;
        fingerprints.Rewind();
        Begin(_net.Points);
        _fingerprints = fingerprints;
        Rest();
    }

    /// <summary>One point's way forward and back through the network as it is.</summary>
    public TraceState Trace(double x, double y, int label) => label < _net.Points.Classes
        ? _net.Trace(new LabelledPoint(x, y, label))
        : throw RequestException.Malformed($"'label' is {label}, but there are only {_net.Points.Classes} classes");

    /// <summary>A slice of training; see <see cref="Worker"/>.</summary>
    public bool Work()
    {
        if (!_isRunning)
        {
            return false;
        }

        var due = _stepsPerSecond == 0 ? long.MaxValue
            : _paceFrom.Step + (long)(Stopwatch.GetElapsedTime(_paceFrom.Time).TotalSeconds * _stepsPerSecond);
        var start = Stopwatch.GetTimestamp();
        while (_net.Step < due && Stopwatch.GetElapsedTime(start) < Slice)
        {
            _net.MakeStep();
        }

        if (Stopwatch.GetElapsedTime(_stateAt) >= StateInterval)
        {
            Publish();
        }

        if (_net.Step >= due)
        {
            // Nothing is due for a while; commands wait no longer than this.
            Thread.Sleep(Slice);
        }

        return _isRunning;
    }

    /// <summary>Sends browsers everything.</summary>
    public void PublishAll()
    {
        PublishSetup();
        Rest();
    }

    public void Dispose()
    {
        _net.Dispose();
        _backend.Dispose();
    }

    private Points MakePoints(PlaygroundSettings settings, IReadOnlyList<LabelledPoint>? own)
    {
        if (settings.Data != PlaygroundSettings.OwnData)
        {
            return Points.Make(settings.Data, settings.Noise, settings.Seed);
        }

        // Whoever begins to click begins with what is there.
        return Points.Own(own ?? _net.Points.Train);
    }

    private PlaygroundNet Build(PlaygroundSettings settings, Points points)
    {
        _number++;
        (_curve, _testCurve, _fingerprints) = (new Curve(), new Curve(), new Fingerprints());
        return new PlaygroundNet(_backend, settings, points);
    }

    private void Begin(Points points)
    {
        var old = _net;
        _net = Build(_settings, points);
        old.Dispose();
        (_message, _paceFrom) = (null, (Stopwatch.GetTimestamp(), 0));
        PublishAll();
    }

    private void Rest()
    {
        _fingerprints.Note(_net.Step, _net.Fingerprint());
        Publish();
    }

    private void PublishSetup() => Feed.Publish("setup", new PlaygroundSetup(_number, _settings,
        [.. _net.Points.Train.Select(Row)], [.. _net.Points.Test.Select(Row)], _net.Points.Classes,
        PlaygroundNet.Grid, PlaygroundNet.Edge));

    private static double[] Row(LabelledPoint point) => [Math.Round(point.X, 4), Math.Round(point.Y, 4), point.Label];

    private void Publish()
    {
        var (train, test) = _net.Measure();
        if (!double.IsFinite(train.Loss))
        {
            (_isRunning, _message) =
                (false, $"the loss is not a finite number any more; a lower rate than {_settings.Rate} usually helps");
        }

        _curve.Add(_net.Step, 1, train.Loss, train.Accuracy);
        if (test is { } measured)
        {
            _testCurve.Add(_net.Step, 1, measured.Loss, measured.Accuracy);
        }

        Feed.Publish("state", State(train.Loss, train.Accuracy, test?.Loss, test?.Accuracy));
        _stateAt = Stopwatch.GetTimestamp();
    }

    private PlaygroundState State(double loss, double accuracy, double? testLoss, double? testAccuracy)
    {
        var (hidden, probabilities) = _net.Surfaces();
        var classes = _net.Points.Classes;
        var winners = new byte[probabilities.Length / classes];
        var certainty = new byte[winners.Length];
        for (var i = 0; i < winners.Length; i++)
        {
            var row = probabilities.AsSpan(i * classes, classes);
            winners[i] = (byte)IndexOfLargest(row);
            certainty[i] = (byte)Math.Round(255 * (float.IsFinite(row[winners[i]]) ? row[winners[i]] : 0));
        }

        return new PlaygroundState
        {
            Number = _number,
            IsRunning = _isRunning,
            Message = _message,
            StepsPerSecond = _stepsPerSecond,
            Step = _net.Step,
            Loss = Curve.Finite(loss),
            Accuracy = Curve.Finite(accuracy),
            TestLoss = testLoss is { } value ? Curve.Finite(value) : null,
            TestAccuracy = testAccuracy is { } share ? Curve.Finite(share) : null,
            Curve = _curve.Read(),
            TestCurve = _testCurve.Read(),
            Layers = double.IsFinite(loss) ? _net.Weights() : [],
            Surfaces = double.IsFinite(loss) ? hidden : [],
            Winners = winners,
            Certainty = certainty,
            Start = _net.Start,
            Now = _isRunning ? null : _net.Fingerprint(),
            Compared = _fingerprints.Compared,
            Same = _fingerprints.Same,
        };
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }
}
