using ScratchNet.Cli.Studio.Train;
using ScratchNet.Engine;
using ScratchNet.Kernels;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>
/// The playground's network and everything to train and to draw it: the engine's own layers, loss and optimizer.
/// </summary>
internal sealed class PlaygroundNet : IDisposable
{
    /// <summary>Points of the grid on each side.</summary>
    public const int Grid = 44;

    /// <summary>The grid goes from -Edge to Edge.</summary>
    public const double Edge = 1.15;

    private readonly Backend _backend;
    private readonly PlaygroundSettings _settings;
    private readonly Network _network;
    private readonly Optimizer _optimizer;
    private readonly RunningMetrics _metrics;
    private readonly Samples _grid;
    private Samples _train;
    private Samples? _test;
    private int[] _order = [];
    private int _epoch;
    private int _next;

    /// <summary>Samples on the device, whole, and on the host to make batches from.</summary>
    private sealed record Samples(float[] X, byte[] Labels, Tensor Input, DeviceBuffer<byte> LabelBuffer) : IDisposable
    {
        public int Count => Labels.Length;

        public void Dispose()
        {
            Input.View.Buffer.Dispose();
            LabelBuffer.Dispose();
        }
    }

    /// <summary>Builds the network with its first weights.</summary>
    public PlaygroundNet(Backend backend, PlaygroundSettings settings, Points points)
    {
        (_backend, _settings, Points) = (backend, settings, points);
        _network = settings.BuildNetwork(backend, points.Classes);
        _optimizer = settings.BuildOptimizer();
        _metrics = new RunningMetrics(backend);
        _grid = Upload(GridPoints());
        _train = Upload(points.Train);
        _test = points.Test.Count > 0 ? Upload(points.Test) : null;
        Start = Fingerprint();
    }

    /// <summary>What it learns.</summary>
    public Points Points { get; private set; }

    /// <summary>The hash of the first weights.</summary>
    public string Start { get; }

    /// <summary>Steps made.</summary>
    public long Step => _optimizer.Steps;

    /// <summary>Learns other points from now on; the weights stay.</summary>
    public void ReplacePoints(Points points)
    {
        _train.Dispose();
        _test?.Dispose();
        (Points, _train, _test) = (points, Upload(points.Train), points.Test.Count > 0 ? Upload(points.Test) : null);
        _next = _order.Length;
    }

    /// <summary>Makes a step with the next batch.</summary>
    public void MakeStep()
    {
        if (_next >= _order.Length)
        {
            _order = [.. Enumerable.Range(0, _train.Count)];
            new Random(unchecked((_settings.Seed * 1_000_003) + _epoch++)).Shuffle(_order);
            _next = 0;
        }

        var indices = _order.AsSpan(_next, Math.Min(_settings.Batch, _order.Length - _next));
        _next += indices.Length;
        var features = _network.Inputs;
        var (x, labels) = (new float[indices.Length * features], new byte[indices.Length]);
        for (var i = 0; i < indices.Length; i++)
        {
            _train.X.AsSpan(indices[i] * features, features).CopyTo(x.AsSpan(i * features));
            labels[i] = _train.Labels[indices[i]];
        }

        using var batch = new Batch(_backend, x, labels, features);
        _network.TrainStep(batch.Input, batch.Labels.View, _optimizer, _metrics);
    }

    /// <summary>Loss and accuracy over all points to learn from, and over those to measure on.</summary>
    public (MetricValues Train, MetricValues? Test) Measure() => (Measure(_train), _test is null ? null : Measure(_test));

    /// <summary>The hash of the weights as they are.</summary>
    public string Fingerprint() => Fingerprints.Of(_network.CopyWeights());

    /// <summary>Every layer's weights.</summary>
    public IReadOnlyList<WeightState> Weights() => [.. _network.Layers.OfType<Dense>().Select(layer =>
        new WeightState(layer.Inputs, layer.Outputs, layer.Weights.Values.ToArray(), layer.Bias.Values.ToArray()))];

    /// <summary>What every hidden unit gives at every point of the grid, and the probabilities there, points x classes.</summary>
    public (IReadOnlyList<SurfaceState> Hidden, float[] Probabilities) Surfaces()
    {
        _network.Plan(_grid.Count);
        var y = _grid.Input;
        var surfaces = new List<SurfaceState>();
        foreach (var layer in _network.Layers)
        {
            y = layer.Forward(_backend, y, new Pass(Training: false, _network.Seed, Step: 0));
            if (layer != _network.Layers[^1])
            {
                surfaces.Add(Split(y.ToArray(), layer.Outputs));
            }
        }

        var probabilities = new float[y.Count];
        _network.Loss.ToProbabilities(y.ToArray(), probabilities, _grid.Count);
        return (surfaces, probabilities);
    }

    /// <summary>One point's way forward and back.</summary>
    public TraceState Trace(LabelledPoint point)
    {
        var trace = SampleTrace.OfLoss(_network, _settings.Inputs([(point.X, point.Y)]), (byte)point.Label);
        var probabilities = new float[trace.Scores.Length];
        _network.Loss.ToProbabilities(trace.Scores, probabilities, 1);
        return new TraceState(point.X, point.Y, point.Label, Step, probabilities, trace.Loss, [.. trace.Layers.Select(Describe)]);
    }

    public void Dispose()
    {
        _train.Dispose();
        _test?.Dispose();
        _grid.Dispose();
        _metrics.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
    }

    private static LayerTraceState Describe(LayerTrace trace)
    {
        var dense = (Dense)trace.Layer;
        return new LayerTraceState(dense.Description, dense.Activation.ToString().ToLowerInvariant(),
            dense.Weights.Values.ToArray(), trace.X, WeightedSums(dense, trace.X),
            trace.Y, trace.Dy, trace.Dz, trace.Dw, trace.Dx);
    }

    /// <summary>x·W + b, which the engine does not keep: its matrix product applies the activation at once.</summary>
    private static float[] WeightedSums(Dense layer, float[] x)
    {
        var (weights, z) = (layer.Weights.Values.ToArray(), layer.Bias.Values.ToArray());
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < z.Length; j++)
            {
                z[j] = MathF.FusedMultiplyAdd(x[i], weights[(i * z.Length) + j], z[j]);
            }
        }

        return z;
    }

    private static SurfaceState Split(float[] values, int units)
    {
        var surfaces = new SignedValues[units];
        var surface = new float[values.Length / units];
        for (var unit = 0; unit < units; unit++)
        {
            for (var i = 0; i < surface.Length; i++)
            {
                surface[i] = values[(i * units) + unit];
            }

            surfaces[unit] = SignedValues.Of(surface);
        }

        return new SurfaceState(surfaces);
    }

    private MetricValues Measure(Samples samples)
    {
        _metrics.Reset();
        _network.EvaluateStep(samples.Input, samples.LabelBuffer.View, _metrics);
        return _metrics.Read();
    }

    /// <summary>The middles of the grid's cells, row by row from the top.</summary>
    private static IReadOnlyList<LabelledPoint> GridPoints()
    {
        static double At(int i) => Edge * (((2 * i) + 1.0) / Grid - 1);
        return [.. from row in Enumerable.Range(0, Grid)
                   from column in Enumerable.Range(0, Grid)
                   select new LabelledPoint(At(column), -At(row), 0)];
    }

    private Samples Upload(IReadOnlyList<LabelledPoint> points)
    {
        var x = _settings.Inputs(points.Select(point => (point.X, point.Y)));
        byte[] labels = [.. points.Select(point => (byte)point.Label)];
        var batch = new Batch(_backend, x, labels, _settings.Features.Length);
        return new Samples(x, labels, batch.Input, batch.Labels);
    }

    /// <summary>Samples brought to the device.</summary>
    private sealed class Batch : IDisposable
    {
        public Batch(Backend backend, float[] x, byte[] labels, int features)
        {
            Input = Tensor.Allocate(backend, labels.Length, features);
            Input.CopyFrom(x);
            Labels = backend.Allocate<byte>(labels.Length);
            Labels.CopyFrom(labels);
        }

        public Tensor Input { get; }

        public DeviceBuffer<byte> Labels { get; }

        public void Dispose()
        {
            Input.View.Buffer.Dispose();
            Labels.Dispose();
        }
    }
}
