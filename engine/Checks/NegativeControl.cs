using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>
/// The negative control of the checks: each kind is given a small network with a fault that it must find, and the same network
/// without it, which it must pass. A check that overlooks a planted fault would overlook a real one too, and then nothing it says
/// can be believed.
/// </summary>
internal static class NegativeControl
{
    private const int Inputs = 11;
    private const int Units = 24;
    private const int Classes = 3;
    private const int OverfitSteps = 200;

    private static readonly (string Check, Fault Fault)[] Planted =
    [
        ("layer", Fault.MissingTranspose),
        ("loss", Fault.NoBatchMean),
        ("loss", Fault.SoftmaxNoMax),
        ("network", Fault.BiasNotSummed),
        ("repeat", Fault.GradientsNotCleared),
        ("optimizer", Fault.AdamNoBiasCorrection),
        ("start", Fault.LargeWeights),
        ("overfit", Fault.ZeroWeights),
    ];

    /// <summary>Plants a fault for every kind of check.</summary>
    /// <param name="backend">Where the networks live.</param>
    public static CheckResult Run(Backend backend) => Run(backend, Planted);

    /// <summary>Plants faults.</summary>
    /// <param name="backend">Where the networks live.</param>
    /// <param name="planted">Which check has to find which.</param>
    public static CheckResult Run(Backend backend, IReadOnlyCollection<(string Check, Fault Fault)> planted)
    {
        using var small = new Network(
            backend, Inputs, [new Dense(Units, Activation.Tanh), new Dense(Classes)], new SoftmaxCrossEntropy());
        var plan = Blueprint.Of(small);
        var x = NetworkCheck.Uniform(NetworkCheck.Samples * Inputs, 5);
        byte[] labels = [.. Enumerable.Range(0, NetworkCheck.Samples).Select(i => (byte)(i % Classes))];
        bool Passes(string check, Fault fault)
        {
            var checks = new NetworkCheck(backend, plan.With(fault), x, labels) { OverfitSteps = OverfitSteps };
            return checks.Run(check).All(result => result.Passes);
        }

        string[] broken =
        [
            .. planted.Where(one => Passes(one.Check, one.Fault)).Select(one => $"'{one.Check}' overlooks {one.Fault}"),
            .. planted.Select(one => one.Check).Distinct().Where(check => !Passes(check, Fault.None))
                .Select(check => $"'{check}' fails a healthy network"),
        ];
        return new CheckResult("control", "every kind of check finds a fault that is planted for it", broken.Length == 0,
            broken.Length == 0
                ? $"{planted.Count} of {planted.Count} were found"
                : $"the check itself is broken: {string.Join(", ", broken)}");
    }
}
