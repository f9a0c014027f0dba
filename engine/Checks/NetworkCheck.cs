using ScratchNet.Kernels;

namespace ScratchNet.Engine;

/// <summary>What one check of a network came to.</summary>
/// <param name="Check">Which check: layer, loss, network, repeat, optimizer, start, overfit or control.</param>
/// <param name="Subject">What was checked, in words.</param>
/// <param name="Passes">Whether it is as it should be.</param>
/// <param name="Finding">The figures, in words.</param>
/// <param name="Comparison">The gradients that were compared, where any were.</param>
public sealed record CheckResult(
    string Check, string Subject, bool Passes, string Finding, GradientComparison? Comparison = null);

/// <summary>
/// Everything that can be checked about a network's arithmetic before it is trusted: the gradients of its layers, its loss
/// and the whole, its optimizer, its start, whether it learns at all; and whether these checks would notice if something were
/// wrong.
/// </summary>
/// <param name="backend">Where the network lives.</param>
/// <param name="plan">The network.</param>
/// <param name="x">Samples to check with, at least <see cref="Samples"/>, one after another.</param>
/// <param name="labels">The right class of each.</param>
public sealed class NetworkCheck(Backend backend, Blueprint plan, float[] x, byte[] labels)
{
    /// <summary>Samples that the checks need.</summary>
    public const int Samples = 64;

    private const int Batch = 4;
    private const int Few = 10;
    private const int SmallInputs = 11;
    private const int SmallUnits = 7;

    // Two forward passes in double precision for each element compared: so many multiplications take a second or two.
    private const double Effort = 3e9;
    private const int FewestElements = 20;
    private const int MostElements = 500;

    private const double FarStart = 1;
    // Fewer cannot be asked to tell ten samples of any classes apart.
    private const int FewestUnits = 5;
    private const float OverfitRate = 0.01f;
    private const double Overfitted = 0.005;

    private static readonly string[] Kinds = ["layer", "loss", "network", "repeat", "optimizer", "start", "overfit"];

    /// <summary>
    /// Whether every element of every parameter of the whole network is compared, which takes time by the square of its size;
    /// else some hundred are drawn of each large one.
    /// </summary>
    public bool ComparesAll { get; init; }

    /// <summary>Most steps in which ten samples have to be learnt by heart: eight sigmoid units need about 1000.</summary>
    internal int OverfitSteps { get; init; } = 2000;

    /// <summary>Runs every check, and the negative control of each.</summary>
    /// <param name="network">A network of the plan with the weights to check at, such as a trained one; null: fresh ones.</param>
    public IEnumerable<CheckResult> Run(Network? network = null) =>
        Kinds.SelectMany(kind => Run(kind, network)).Append(NegativeControl.Run(backend));

    /// <summary>Runs the checks of one kind.</summary>
    /// <param name="kind">Which, as in <see cref="CheckResult.Check"/>.</param>
    /// <param name="network">As above.</param>
    internal IEnumerable<CheckResult> Run(string kind, Network? network = null) => kind switch
    {
        "layer" => Enumerable.Range(0, plan.Layers).SelectMany(CheckLayer),
        "loss" => CheckLoss(),
        "network" => CheckNetwork(network),
        "repeat" => [CheckRepeat()],
        "optimizer" => [OptimizerCheck.Run(backend, plan)],
        "start" => [CheckStart()],
        "overfit" => plan.LeastWidth < FewestUnits ? [] : [CheckOverfit()],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such check."),
    };

    private IEnumerable<CheckResult> CheckLayer(int index)
    {
        using var layer = plan.BuildLayer(backend, index, SmallInputs, SmallUnits);
        var (x, dy) = (Uniform(Batch * SmallInputs, 1), Uniform(Batch * layer.Outputs, 2));
        var comparisons = GradientCheck.RunLayers(layer, x, dy, step: 4);
        return [.. comparisons.Select(comparison => OfGradients("layer", $"layer {index}, {layer.Layers[0].Description}: "
            + comparison.Name.Split('.')[^1], comparison))];
    }

    private IEnumerable<CheckResult> CheckLoss()
    {
        using var network = plan.Build(backend);
        var (scores, right) = (Uniform(Batch * network.Outputs, 3), labels[..Batch]);
        var loss = plan.MakeLoss();
        var (comparison, _, _) = GradientCheck.RunLoss(backend, loss, scores, right);
        yield return OfGradients("loss", $"{loss.Kind}: gradient of the scores", comparison);

        // e^200 is more than float32 holds, and a trained network does give such scores now and then.
        var large = Array.ConvertAll(scores, score => 200 * score);
        var (_, computed, expected) = GradientCheck.RunLoss(backend, plan.MakeLoss(), large, right);
        var passes = Math.Abs(computed - expected) <= 1e-5 * Math.Max(1, Math.Abs(expected));
        yield return new CheckResult("loss", $"{loss.Kind}: scores of ±200", passes,
            $"loss {computed:0.####}, should be {expected:0.####}");
    }

    private IReadOnlyList<CheckResult> CheckNetwork(Network? given)
    {
        var network = given ?? plan.Build(backend);
        var products = network.Parameters.Where(parameter => !parameter.IsBias).Sum(parameter => (double)parameter.Count);
        var most = Effort / (2 * Batch * products * network.Parameters.Count);
        var comparisons = GradientCheck.Run(network, x[..(Batch * network.Inputs)], labels[..Batch], step: 1,
            ComparesAll ? int.MaxValue : (int)Math.Clamp(most, FewestElements, MostElements));
        CheckResult[] results =
            [.. comparisons.Select(comparison => OfGradients("network", $"whole network: {comparison.Name}", comparison))];
        if (given is null)
        {
            network.Dispose();
        }

        return results;
    }

    /// <summary>A second backward pass over the same batch must leave the same gradients, not their sum.</summary>
    private CheckResult CheckRepeat()
    {
        using var network = plan.Build(backend);
        using var right = backend.Share(labels[..Batch]);
        var input = Tensor.Allocate(backend, Batch, network.Inputs);
        input.CopyFrom(x[..(Batch * network.Inputs)]);
        float[] Pass()
        {
            network.Backward(network.Loss.Compute(backend, network.Forward(input, training: true, step: 1), right.View));
            return [.. network.Parameters.SelectMany(parameter => parameter.Gradients.ToArray())];
        }

        var (first, second) = (Pass(), Pass());
        input.View.Buffer.Dispose();
        var differing = first.Zip(second).Count(pair => !pair.First.Equals(pair.Second));
        return new CheckResult("repeat", "the same step twice gives the same gradients", differing == 0,
            differing == 0 ? "same bits" : $"{differing} of {first.Length} differ");
    }

    /// <summary>
    /// A network that knows nothing gives every class the same probability, so its loss is about ln(classes), smoothed labels or
    /// not; class weights multiply it.
    /// </summary>
    private CheckResult CheckStart()
    {
        using var network = plan.Build(backend, dropout: false);
        using var right = backend.Share(labels[..Samples]);
        using var metrics = new RunningMetrics(backend);
        var input = Tensor.Allocate(backend, Samples, network.Inputs);
        input.CopyFrom(x[..(Samples * network.Inputs)]);
        network.EvaluateStep(input, right.View, metrics);
        input.View.Buffer.Dispose();
        var weight = MeanWeight(network.Loss, labels[..Samples]);
        var (loss, expected) = (metrics.Read().Loss, weight * Math.Log(network.Classes));
        return new CheckResult("start", "initial loss is near ln(classes)", Math.Abs(loss - expected) <= weight * FarStart,
            $"loss {loss:0.000}, {(weight.Equals(1.0) ? "" : $"{weight:0.###}·")}ln({network.Classes}) = {expected:0.000}");
    }

    /// <summary>
    /// Whatever cannot learn ten samples by heart, to a loss of zero or nearly the least that there is, cannot learn; but networks
    /// with a layer of fewer than five units in between are not asked to.
    /// </summary>
    private CheckResult CheckOverfit()
    {
        using var network = plan.Build(backend, dropout: false);
        using var optimizer = plan.MakeAdam(OverfitRate);
        var least = LeastLoss(network, labels[..Few]);
        var enough = (1.02 * least) + Overfitted;
        var losses = LossCurve.Train(network, optimizer, x[..(Few * network.Inputs)], labels[..Few], Few, OverfitSteps, enough);
        return new CheckResult("overfit", "ten samples are learnt by heart", losses[^1] < enough,
            $"loss {losses[0]:0.000} -> {losses[^1]:0.0000} in {losses.Count} steps"
            + (least > 0 ? $"; smoothed labels leave {least:0.0000}" : ""));
    }

    private static double MeanWeight(Loss loss, byte[] right) =>
        loss is SoftmaxCrossEntropy { ClassWeights: { Count: > 0 } weights } ? right.Average(label => (double)weights[label]) : 1;

    /// <summary>
    /// The least that a loss can be: 0, or with smoothed labels the entropy of the target, -sum of t·ln t, where p = t.
    /// </summary>
    private static double LeastLoss(Network network, byte[] right)
    {
        if (network.Loss is not SoftmaxCrossEntropy { LabelSmoothing: > 0 } loss)
        {
            return 0;
        }

        var others = loss.LabelSmoothing / (double)network.Classes;
        var hit = 1 - (double)loss.LabelSmoothing + others;
        return -MeanWeight(loss, right) * ((hit * Math.Log(hit)) + ((network.Classes - 1) * others * Math.Log(others)));
    }

    private static CheckResult OfGradients(string check, string subject, GradientComparison comparison)
    {
        var kinks = comparison.Kinks == 0 ? "" : $", {comparison.Kinks} at kinks left out";
        var drawn = comparison.Checked + comparison.Kinks < comparison.Elements ? $" of {comparison.Elements}" : "";
        return new CheckResult(check, subject, comparison.Passes, $"{comparison.Checked}{drawn} compared{kinks}; worst at "
            + $"{comparison.WorstPlace}: {comparison.Analytic:0.000000e+0} against {comparison.Numeric:0.000000e+0}, "
            + $"relative error {comparison.RelativeError:0.0e+0}", comparison);
    }

    /// <summary>Numbers from -1 to 1, always the same.</summary>
    internal static float[] Uniform(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
