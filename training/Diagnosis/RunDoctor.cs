using System.Globalization;

namespace ScratchNet.Training.Diagnosis;

/// <summary>How a layer stood in the end of an epoch.</summary>
/// <param name="Description">The layer in words.</param>
/// <param name="DeadUnits">Share of its ReLU units that are 0 for every sample.</param>
/// <param name="Saturated">Share of its sigmoid or tanh outputs near an end.</param>
/// <param name="FirstNorm">Norm of its weights before the first step; null without weights.</param>
/// <param name="LastNorm">Norm of its weights when last measured.</param>
public sealed record LayerFacts(string Description, double DeadUnits, double Saturated, double? FirstNorm, double? LastNorm);

/// <summary>What is known of a run.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="BatchSize">Samples in a step.</param>
/// <param name="FirstLoss">Mean loss of the untrained network; null when not known.</param>
/// <param name="TrainLosses">Training loss by epoch.</param>
/// <param name="ValidationLosses">Validation loss by epoch; empty without validation.</param>
/// <param name="Layers">The layers.</param>
/// <param name="Breakdown">What was said when the run broke down; null when it did not.</param>
public sealed record RunFacts(int Classes, int BatchSize, double? FirstLoss, IReadOnlyList<double> TrainLosses,
    IReadOnlyList<double> ValidationLosses, IReadOnlyList<LayerFacts> Layers, string? Breakdown)
{
    /// <summary>Training accuracy by epoch, with dropout and distortions as in the losses; empty when not known.</summary>
    public IReadOnlyList<double> TrainAccuracies { get; init; } = [];

    /// <summary>Validation accuracy by epoch; empty without validation.</summary>
    public IReadOnlyList<double> ValidationAccuracies { get; init; } = [];

    /// <summary>The largest rate of dropout after a hidden layer.</summary>
    public double Dropout { get; init; }

    /// <summary>Rate of the dropout of the pixels.</summary>
    public double InputDropout { get; init; }

    /// <summary>Decay of the weights.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Names of classes that class weights give nothing.</summary>
    public IReadOnlyList<string> IgnoredClasses { get; init; } = [];

    /// <summary>Share of the pictures that each class has; null when not known, or when class weights make up for it.</summary>
    public IReadOnlyList<double>? ClassShares { get; init; }
}

/// <summary>Says why a run goes badly. Silent about one that goes well.</summary>
public static class RunDoctor
{
    private const double ManyDead = 0.5;
    private const double MuchSaturation = 0.6;

    // A training loss that stays where it is goes up and down by so much, with dropout and distortions.
    private const double Noise = 0.01;

    // Networks of one and two hidden layers learn the bundled digits with 0.8, those of two not with 0.9.
    private const double StrongDropout = 0.8;

    // Weights and losses of the bundled digits at the end: 0.07 and 0.57 with Adam's decay 0.1, 66 % right; 0.13 and 0.24 with
    // 0.03, 88 % right.
    private const double MostShrunk = 0.5;
    private const double PoorLoss = 0.5;

    // Of the loss of one answer for every picture; and of the way from its accuracy to certainty. Label smoothing and class
    // weights may keep the loss of a network that has learnt up there, but not its accuracy down.
    private const double NoBetterLoss = 0.95;
    private const double NoBetterAccuracy = 0.2;

    /// <summary>Examines a run.</summary>
    /// <param name="run">What is known of it.</param>
    /// <param name="ofData">What <see cref="DataDoctor"/> found in its data; empty when they are not known.</param>
    /// <returns>All findings, those of the data too: causes before what may be only their consequence.</returns>
    public static IReadOnlyList<Finding> Examine(RunFacts run, IReadOnlyList<Finding> ofData)
    {
        Finding[] causesInData = [.. ofData.Where(finding => finding.Kind == DataDoctor.NotNormalised)];
        Finding[] causes =
        [
            .. causesInData,
            .. new[] { ClassesIgnored(run), DropoutTooStrong(run), DecayTooStrong(run) }.OfType<Finding>(),
        ];
        Finding[] symptoms = [.. Symptoms(run)];
        return
        [
            .. causes,
            .. causes.Length == 0 ? symptoms : symptoms.Select(AfterCauses),
            .. causes.Length + symptoms.Length == 0 && IsGuessing(run) ? [NotLearning(run)] : Array.Empty<Finding>(),
            .. ofData.Except(causesInData),
        ];
    }

    private static IEnumerable<Finding> Symptoms(RunFacts run) =>
    [
        .. new[] { FirstLoss(run), RateTooHigh(run), RateTooLow(run), BatchTooSmall(run), Overfitting(run) }.OfType<Finding>(),
        .. run.Layers.Where(layer => layer.DeadUnits > ManyDead).Select(layer => new Finding(
            "dead-relus", "most ReLU units are dead",
            string.Create(CultureInfo.InvariantCulture,
                $"{100 * layer.DeadUnits:0} % of the units of {layer.Description} are 0 for every "
                + $"picture, so they learn nothing"),
            "a lower --learning-rate, or another --activation")),
        .. run.Layers.Where(layer => layer.Saturated > MuchSaturation).Select(layer => new Finding(
            "saturated", "units are saturated",
            string.Create(CultureInfo.InvariantCulture,
                $"{100 * layer.Saturated:0} % of the outputs of {layer.Description} are near an end, "
                + $"where the slope is almost 0"),
            "a lower --learning-rate, or --activation relu")),
    ];

    /// <summary>Where a cause is known, another rate would only give another symptom.</summary>
    private static Finding AfterCauses(Finding symptom) => symptom.Kind is "rate-too-high" or "rate-too-low" or "dead-relus"
        or "saturated" ? symptom with { Advice = "first do what is said above; the learning rate may be right then" } : symptom;

    private static double Guessing(RunFacts run) => Math.Log(run.Classes);

    /// <summary>Loss and accuracy of the best answer that is the same for every picture: the classes' shares, and the commonest
    /// class.</summary>
    private static (double Loss, double Accuracy) SameForAll(RunFacts run) => run.ClassShares is { } shares
        ? (shares.Where(share => share > 0).Sum(share => -share * Math.Log(share)), shares.Max())
        : (Guessing(run), 1.0 / run.Classes);

    /// <summary>The loss that a run ends with: the lower one, since dropout, distortions and a choice of hard pictures make that
    /// of training larger, and overfitting that of validation.</summary>
    private static double LastLoss(RunFacts run) =>
        Math.Min(run.TrainLosses[^1], run.ValidationLosses.LastOrDefault(double.PositiveInfinity));

    /// <summary>Whether a run ends with hardly more than the same answer for every picture.</summary>
    private static bool IsGuessing(RunFacts run)
    {
        if (run.TrainAccuracies.Count == 0)
        {
            return false;
        }

        var (loss, accuracy) = SameForAll(run);
        return LastLoss(run) > NoBetterLoss * loss && run.TrainAccuracies[^1] < accuracy + (NoBetterAccuracy * (1 - accuracy));
    }

    private static string Ends(RunFacts run)
    {
        var (loss, accuracy) = SameForAll(run);
        return string.Create(CultureInfo.InvariantCulture,
            $"after {run.TrainLosses.Count} epochs the loss is {LastLoss(run):0.00} and the training accuracy "
            + $"{100 * run.TrainAccuracies[^1]:0.0} %; one answer for every picture gives {loss:0.00} and "
            + $"{100 * accuracy:0.0} %");
    }

    private static Finding? DropoutTooStrong(RunFacts run)
    {
        var (option, rate) = run.Dropout >= run.InputDropout ? ("--dropout", run.Dropout) : ("--input-dropout", run.InputDropout);
        if (rate < StrongDropout || !IsGuessing(run))
        {
            return null;
        }

        var without = run.ValidationAccuracies is [.., var last] ? string.Create(CultureInfo.InvariantCulture,
            $"; without dropout, on validation pictures, {100 * last:0.0} % are right") : "";
        return new Finding("dropout-too-strong", "dropout is so strong that the network hardly learns",
            string.Create(CultureInfo.InvariantCulture, $"with {option} {rate}, {Ends(run)}{without}"),
            $"a lower {option}, such as 0.2");
    }

    /// <summary>Decay draws all weights to 0. A little of it shortens them too, but then the network learns.</summary>
    private static Finding? DecayTooStrong(RunFacts run)
    {
        if (run.WeightDecay == 0 || run.TrainLosses.Count == 0 || LastLoss(run) < PoorLoss * SameForAll(run).Loss)
        {
            return null;
        }

        var layer = run.Layers.Where(layer => layer is { FirstNorm: > 0, LastNorm: not null })
            .MinBy(layer => layer.LastNorm!.Value / layer.FirstNorm!.Value);
        return layer is null || layer.LastNorm > MostShrunk * layer.FirstNorm ? null : new Finding(
            "decay-too-strong", "the weights decay faster than they learn",
            string.Create(CultureInfo.InvariantCulture,
                $"with --weight-decay {run.WeightDecay}, the norm of the weights of {layer.Description} went from "
                + $"{layer.FirstNorm:0.00} to {layer.LastNorm:0.00}, and after {run.TrainLosses.Count} epochs the loss is "
                + $"{LastLoss(run):0.00} (one answer for every picture: {SameForAll(run).Loss:0.00})"),
            "divide --weight-decay by a hundred");
    }

    private static Finding NotLearning(RunFacts run) => new(
        "not-learning", "the network has learnt hardly more than to give every picture the same answer", Ends(run),
        "what is said of the data, if anything; else fewer --hidden layers, --activation relu, or another --learning-rate");

    private static Finding? ClassesIgnored(RunFacts run)
    {
        var names = run.IgnoredClasses;
        return names.Count == 0 ? null : new Finding("classes-ignored",
            $"{(names.Count == 1 ? "a class is" : $"{names.Count} classes are")} not learnt: {string.Join(", ", names)}",
            "their class weight is 0, so their pictures add nothing to the loss, of the test part neither",
            "give every class a weight above 0, or leave --class-weights out");
    }

    /// <summary>An untrained network holds all classes equally likely: its loss is -ln(1/classes).</summary>
    private static Finding? FirstLoss(RunFacts run) =>
        run.FirstLoss is not { } loss || (loss > 0.5 * Guessing(run) && loss < 2 * Guessing(run)) ? null : new Finding(
            "first-loss", "the first loss is far from that of guessing",
            string.Create(CultureInfo.InvariantCulture,
                $"it is {loss:0.00} before the first step; ln({run.Classes}) is {Guessing(run):0.00}"),
            "check class weights, the scale of the inputs and how the weights begin");

    /// <summary>What broke down, and where that began; what the run advised then is said below.</summary>
    private static string WithoutAdvice(string breakdown)
    {
        var parts = breakdown.Split("; ");
        var knowsWhere = parts.Length > 1 && parts[1].StartsWith("the first was ", StringComparison.Ordinal);
        return string.Join("; ", parts.Take(knowsWhere ? 2 : 1));
    }

    private static Finding? RateTooHigh(RunFacts run)
    {
        if (run.Breakdown is not null)
        {
            return new Finding("rate-too-high", "the learning rate is too high", WithoutAdvice(run.Breakdown),
                "divide --learning-rate by ten");
        }

        var reference = Math.Max(Guessing(run), run.FirstLoss ?? 0);

        // Where it is not known what an untrained network begins with, the first epoch may owe its loss to that.
        var worst = LossesWithoutDropout(run).Skip(run.FirstLoss is null ? 1 : 0).DefaultIfEmpty(0).Max();
        var before = run.FirstLoss is null ? "guessing gives" : "before the first step";
        return worst < 1.2 * reference ? null : new Finding("rate-too-high", "the learning rate is too high",
            string.Create(CultureInfo.InvariantCulture,
                $"the loss of an epoch was {worst:0.00}, more than {before} ({reference:0.00})"),
            "divide --learning-rate by ten");
    }

    /// <summary>
    /// The losses that the first one, measured without dropout, may be compared with. With dropout those are of the validation
    /// part; but they rise with overfitting too, so that an epoch counts as bad only where its training loss was as large.
    /// </summary>
    private static IEnumerable<double> LossesWithoutDropout(RunFacts run) => run is { Dropout: 0, InputDropout: 0 }
        ? run.TrainLosses
        : run.TrainLosses.Zip(run.ValidationLosses, Math.Min);

    private static Finding? RateTooLow(RunFacts run)
    {
        var norms = run.Layers.Where(layer => layer is { FirstNorm: > 0, LastNorm: not null })
            .Select(layer => Math.Abs((layer.LastNorm!.Value / layer.FirstNorm!.Value) - 1)).DefaultIfEmpty(1).Max();
        var last = run.TrainLosses.LastOrDefault();
        var isSlow = last > 0.5 * Guessing(run) && last < 1.2 * Guessing(run);
        return !isSlow || norms > 0.02 || Rises(run, beyond: Noise) > 0.3 ? null : new Finding(
            "rate-too-low", "the learning rate is too low",
            string.Create(CultureInfo.InvariantCulture,
                $"after {run.TrainLosses.Count} epochs the training loss is {last:0.00} (guessing: "
                + $"{Guessing(run):0.00}), and no layer's weights have changed their norm by more than {100 * norms:0.00} %"),
            "multiply --learning-rate by ten");
    }

    private static Finding? BatchTooSmall(RunFacts run) =>
        run.BatchSize >= run.Classes || run.TrainLosses.Count < 4 || Rises(run) < 0.25 ? null : new Finding(
            "batch-too-small", "the batch is too small for this learning rate",
            string.Create(CultureInfo.InvariantCulture,
                $"steps of {run.BatchSize} pictures, fewer than the {run.Classes} classes; the "
                + $"training loss rose in {100 * Rises(run):0} % of the epochs"),
            "a --batch-size of 32 or more, or a lower --learning-rate");

    private static Finding? Overfitting(RunFacts run)
    {
        if (run.ValidationLosses.Count < 3)
        {
            return null;
        }

        var (best, last, train) = (run.ValidationLosses.Min(), run.ValidationLosses[^1], run.TrainLosses[^1]);
        return last < 1.1 * best || train > 0.5 * last ? null : new Finding(
            "overfitting", "the network learns the training pictures by heart",
            string.Create(CultureInfo.InvariantCulture,
                $"the validation loss was {best:0.000} after epoch {run.ValidationLosses.ToList().IndexOf(best) + 1} and is "
                + $"{last:0.000} now, while the training loss is {train:0.000}"),
            "--early-stopping 5, --dropout 0.2, --augment, or more pictures");
    }

    /// <summary>Share of the epochs whose training loss was above the one before.</summary>
    /// <param name="run">The run.</param>
    /// <param name="beyond">By more than this share of it.</param>
    private static double Rises(RunFacts run, double beyond = 0) => run.TrainLosses.Count < 2 ? 0
        : (double)run.TrainLosses.Skip(1).Where((loss, i) => loss > (1 + beyond) * run.TrainLosses[i]).Count()
            / (run.TrainLosses.Count - 1);
}
