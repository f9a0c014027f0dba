using ScratchNet.Cli.Studio.Train;

namespace ScratchNet.Cli.Studio.Playground;

/// <summary>What changes seldom: sent when it does.</summary>
internal sealed record PlaygroundSetup(
    int Number, PlaygroundSettings Settings, double[][] Train, double[][] Test, int Classes, int Grid, double Edge);

/// <summary>A layer's weights, inputs x outputs, and biases.</summary>
internal sealed record WeightState(int Inputs, int Outputs, float[] Weights, float[] Bias);

/// <summary>What every unit of a layer gives at every point of the grid.</summary>
internal sealed record SurfaceState(IReadOnlyList<SignedValues> Units);

/// <summary>What changes with every step; sent some times a second.</summary>
internal sealed record PlaygroundState
{
    public int Number { get; init; }

    public bool IsRunning { get; init; }

    public string? Message { get; init; }

    public int StepsPerSecond { get; init; }

    public long Step { get; init; }

    public double? Loss { get; init; }

    public double? Accuracy { get; init; }

    public double? TestLoss { get; init; }

    public double? TestAccuracy { get; init; }

    public CurveState? Curve { get; init; }

    public CurveState? TestCurve { get; init; }

    public IReadOnlyList<WeightState> Layers { get; init; } = [];

    /// <summary>The hidden layers' surfaces.</summary>
    public IReadOnlyList<SurfaceState> Surfaces { get; init; } = [];

    /// <summary>The likeliest class at every point of the grid.</summary>
    public byte[] Winners { get; init; } = [];

    /// <summary>How likely that is, 0 to 255.</summary>
    public byte[] Certainty { get; init; } = [];

    public string? Start { get; init; }

    public string? Now { get; init; }

    public int Compared { get; init; }

    public int Same { get; init; }
}

/// <summary>One layer in the backward view; every number as the engine computed it.</summary>
internal sealed record LayerTraceState(
    string Name, string Activation, float[] W, float[] X, float[] Z, float[] Y, float[] Dy, float[] Dz, float[] Dw, float[] Dx);

/// <summary>One sample's way forward and back.</summary>
internal sealed record TraceState(
    double X, double Y, int Label, long Step, float[] Probabilities, double Loss, IReadOnlyList<LayerTraceState> Layers);
